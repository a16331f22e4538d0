import type { ReactNode } from 'react';
import { Link, type RaRecord, ShowBase, useShowContext } from 'react-admin';
import { Fault } from './Fault';
import { LiveBadge } from './LiveBadge';
import { Page } from './Page';
import { PageHead } from './PageHead';
import { Waiting } from './Waiting';

interface ShowPageProps<Row extends RaRecord> {
  /** The list it belongs to: its path and name. */
  readonly list: readonly [path: string, name: string];
  readonly title: (row: Row) => string;
  readonly hint?: (row: Row) => ReactNode;
  readonly side?: (row: Row) => ReactNode;
  readonly body: (row: Row) => ReactNode;
}

function ShowBody<Row extends RaRecord>({ list: [path, name], title, hint, side, body }: ShowPageProps<Row>) {
  const { record, error, refetch } = useShowContext<Row>();
  const above = <Link to={path}>{name}</Link>;
  if (!record) {
    return (
      <Page>
        <PageHead title={name} above={above} />
        {error ? <Fault error={error} again={() => void refetch()} /> : <Waiting />}
      </Page>
    );
  }
  return (
    <Page>
      <PageHead
        title={title(record)}
        above={above}
        hint={hint?.(record)}
        side={
          <>
            {side?.(record)}
            <LiveBadge stale={error != null} />
          </>
        }
      />
      {error ? <Fault error={error} again={() => void refetch()} /> : null}
      {body(record)}
    </Page>
  );
}

/**
 * Keeps the record's place in the cache apart from the lists' rows: they carry fewer fields, and react-admin would
 * show one of them as the record until the next read.
 */
const whole = { whole: true };

/** One record that follows the server every few seconds. */
export function ShowPage<Row extends RaRecord>(props: ShowPageProps<Row>) {
  return (
    <ShowBase<Row> queryOptions={{ refetchInterval: 3_000, onError: () => undefined, meta: whole }}>
      <ShowBody<Row> {...props} />
    </ShowBase>
  );
}
