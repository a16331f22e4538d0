import { Box, Button, FormControlLabel, MenuItem, Switch, TextField } from '@mui/material';
import { useState } from 'react';
import { Link, useRedirect } from 'react-admin';
import { useSearchParams } from 'react-router';
import { Fault } from '../layout/Fault';
import { Loaded } from '../layout/Loaded';
import { Page } from '../layout/Page';
import { PageHead } from '../layout/PageHead';
import { Panel } from '../layout/Panel';
import { commands } from '../providers/commands';
import { newKey } from '../providers/key';
import { Problem } from '../providers/problem';
import { API, request } from '../providers/request';
import { rowOf } from '../providers/row';
import { useCommand } from '../providers/useCommand';
import { useMay } from '../providers/useSession';
import {
  bodyOf,
  draftOf,
  faultsOf,
  securityNames,
  wrongOf,
  type Comparison,
  type Draft,
  type TextOfDraft,
  type Wrong,
} from './comparison';

const grid = {
  display: 'grid',
  gap: 2,
  gridTemplateColumns: { xs: '1fr', md: 'repeat(2, minmax(0, 1fr))' },
  alignItems: 'start',
} as const;

interface Entry {
  readonly draft: Draft;
  readonly wrong: Wrong;
  readonly set: <F extends keyof Draft>(field: F, value: Draft[F]) => void;
}

interface TextProps extends Entry {
  readonly field: TextOfDraft;
  readonly label: string;
  readonly hint: string;
  readonly required?: boolean;
  readonly fixed?: boolean;
  readonly kind?: 'text' | 'date';
}

function Text({ draft, wrong, set, field, label, hint, required = false, fixed = false, kind }: TextProps) {
  const fault = wrong[field];
  return (
    <TextField
      label={label}
      required={required}
      disabled={fixed}
      fullWidth
      type={kind ?? 'text'}
      value={draft[field]}
      error={fault !== undefined}
      helperText={fault ?? hint}
      onChange={(event) => set(field, event.target.value)}
      slotProps={{
        htmlInput: { spellCheck: false, autoComplete: 'off' },
        ...(kind === 'date' ? { inputLabel: { shrink: true } } : {}),
      }}
    />
  );
}

function Who({ known, ...entry }: Entry & { readonly known: boolean }) {
  const { draft, set } = entry;
  return (
    <Panel title="The platform">
      <Box sx={grid}>
        <Text {...entry} field="name" label="Name" hint="As they write it" required />
        <Text
          {...entry}
          field="platform"
          label="Short name"
          hint="Lower case; stays for good"
          required
          fixed={known}
        />
        <TextField
          select
          label="Security of a loan"
          value={draft.security}
          helperText="What a borrower gives for it"
          onChange={({ target }) => set('security', target.value === 'pledge' ? 'pledge' : 'owner-role')}
        >
          {Object.entries(securityNames).map(([value, name]) => (
            <MenuItem key={value} value={value}>
              {name}
            </MenuItem>
          ))}
        </TextField>
        <FormControlLabel
          control={<Switch checked={draft.shown} onChange={(_, shown) => set('shown', shown)} />}
          label="Shown to the public"
        />
      </Box>
    </Panel>
  );
}

function Found(entry: Entry) {
  return (
    <Panel title="What they say of themselves" hint="Left empty where they say nothing: nothing is estimated">
      <Box sx={grid}>
        <Text {...entry} field="tvl" label="TVL in FIL" hint="As people write it: 1,000.5" />
        <Text {...entry} field="utilisation" label="Utilisation in %" hint="Lent of what is deposited" />
        <Text {...entry} field="depositApr" label="Deposit APR in %" hint="Simple, a year" />
        <Text {...entry} field="depositApy" label="Deposit APY in %" hint="With compounding" />
        <Text {...entry} field="borrowApr" label="Lending APR in %" hint="Simple, a year" />
        <Text {...entry} field="borrowApy" label="Lending APY in %" hint="With compounding" />
        <Text {...entry} field="asOf" label="As of" hint="The day the figures are of" kind="date" />
        <Text {...entry} field="source" label="Source" hint="Where you read them: an https URL" />
      </Box>
    </Panel>
  );
}

/** The form's state, and its sending: with a new key after each refusal, which is another intent. */
function useRow(row: Comparison | undefined) {
  const redirect = useRedirect();
  const [draft, setDraft] = useState(() => draftOf(row));
  const [wrong, setWrong] = useState<Wrong>({});
  const [key, setKey] = useState(newKey);
  const set: Entry['set'] = (field, value) => {
    setDraft((before) => ({ ...before, [field]: value }));
    setWrong((before) => Object.fromEntries(Object.entries(before).filter(([name]) => name !== field)));
  };
  const { mutate, isPending, error } = useCommand(
    async () => {
      try {
        await commands.proposeComparison(bodyOf(draft, row?.version ?? 0), key);
      } catch (thrown) {
        if (thrown instanceof Problem && thrown.status >= 400 && thrown.status < 500) {
          setKey(newKey());
          setWrong(wrongOf(thrown));
        }
        throw thrown;
      }
    },
    { message: 'Entered. Somebody else decides on it.', then: () => redirect('/comparisons') },
  );
  const send = (): void => {
    const faults = faultsOf(draft);
    setWrong(faults);
    if (Object.keys(faults).length === 0) mutate(undefined);
  };
  return { draft, wrong, set, send, isPending, error };
}

function Form({ row }: { readonly row?: Comparison }) {
  const { draft, wrong, set, send, isPending, error } = useRow(row);
  const entry = { draft, wrong, set };
  return (
    <Box
      component="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Who {...entry} known={row !== undefined} />
      <Found {...entry} />
      <Panel title="Why">
        <Text {...entry} field="reason" label="Reason" hint="For whoever decides, and for later" required />
      </Panel>
      {error === null ? null : <Fault error={error} />}
      <Box sx={{ display: 'flex', gap: 1, justifyContent: 'flex-end' }}>
        <Button component={Link} to="/comparisons" color="inherit">
          Cancel
        </Button>
        <Button type="submit" variant="contained" data-command="Ask for approval" disabled={isPending}>
          {isPending ? 'Sending…' : 'Ask for approval'}
        </Button>
      </Box>
    </Box>
  );
}

/** Enters a platform, or a new version of a row (`?platform=`). */
export function ComparisonCreate() {
  const may = useMay('comparison:propose');
  const [search] = useSearchParams();
  const platform = search.get('platform');
  const read = async (signal: AbortSignal): Promise<Comparison> =>
    rowOf<Comparison>(
      (await request(`${API}/comparisons/${encodeURIComponent(platform ?? '')}`, { signal })).json,
    );
  const form =
    platform === null ? (
      <Form />
    ) : (
      <Loaded queryKey={['comparisons', 'form', platform]} read={read} everyMs={3_600_000}>
        {(row) => <Form row={row} />}
      </Loaded>
    );
  return (
    <Page>
      <PageHead
        title={platform === null ? 'Enter a platform' : 'Change a row'}
        above={<Link to="/comparisons">Comparison</Link>}
        hint="Figures come with their day and source. Somebody else looks at the source and decides."
      />
      {may ? form : 'Your role does not enter rows.'}
    </Page>
  );
}
