import { Box, Button, Card } from '@mui/material';
import type { ReactNode } from 'react';
import { ListBase, Pagination, type RaRecord, type SortPayload, useListContext } from 'react-admin';
import { wordsOf } from '../field/tone';
import { Fault } from './Fault';
import { LiveBadge } from './LiveBadge';
import { Page } from './Page';
import { PageHead } from './PageHead';
import { Waiting } from './Waiting';

interface ListPageProps {
  readonly title: string;
  readonly hint?: string;
  readonly sort: SortPayload;
  readonly filterDefaultValues?: Readonly<Record<string, unknown>>;
  /** Filters above the table. */
  readonly filters?: ReactNode;
  readonly side?: ReactNode;
  readonly children: ReactNode;
}

interface Filtering {
  readonly filterValues: Readonly<Record<string, unknown>>;
  readonly setFilters: (filters: Readonly<Record<string, unknown>>) => void;
}

/** A list reached by a link may be filtered by what has no button of its own: say so, and offer the whole. */
function Filtered() {
  const context: Filtering = useListContext<RaRecord>();
  const { filterValues, setFilters } = context;
  const names = Object.keys(filterValues);
  if (names.length === 0) return null;
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, mb: 1, fontSize: 13, color: 'text.secondary' }}>
      Not all are shown: filtered by{' '}
      {names.map((name) => wordsOf(name.replaceAll(/([A-Z])/g, ' $1')).toLowerCase()).join(', ')}.
      <Button onClick={() => setFilters({})}>Show all</Button>
    </Box>
  );
}

function ListBody({ title, hint, filters, side, children }: Omit<ListPageProps, 'sort'>) {
  const { error: failure, data, isPending, refetch } = useListContext<RaRecord>();
  const error: unknown = failure;
  return (
    <Page>
      <PageHead
        title={title}
        hint={hint}
        side={
          <>
            {side}
            <LiveBadge stale={error != null} />
          </>
        }
      />
      {filters}
      <Filtered />
      {error == null ? null : <Fault error={error} again={() => void refetch()} />}
      {isPending && error == null ? <Waiting /> : null}
      {data === undefined ? null : (
        <Card className="sideways">
          {children}
          <Pagination rowsPerPageOptions={[25, 50, 100]} />
        </Card>
      )}
    </Page>
  );
}

/** A list that follows the server every few seconds; errors stand above what was read last. */
export function ListPage({ sort, filterDefaultValues, ...body }: ListPageProps) {
  return (
    <ListBase
      sort={sort}
      perPage={25}
      {...(filterDefaultValues === undefined ? {} : { filterDefaultValues })}
      queryOptions={{ refetchInterval: 5_000, onError: () => undefined }}
    >
      <ListBody {...body} />
    </ListBase>
  );
}
