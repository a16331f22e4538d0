import { Card } from '@mui/material';
import type { ReactNode } from 'react';
import { ListBase, Pagination, type RaRecord, type SortPayload, useListContext } from 'react-admin';
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
      {error == null ? null : <Fault error={error} again={() => void refetch()} />}
      {isPending && error == null ? <Waiting /> : null}
      {data === undefined ? null : (
        <Card sx={{ overflowX: 'auto' }}>
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
