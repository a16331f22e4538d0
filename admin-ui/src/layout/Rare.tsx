import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Fault } from './Fault';

interface RareProps<Row> {
  readonly queryKey: readonly unknown[];
  readonly read: (signal: AbortSignal) => Promise<Row[]>;
  readonly children: (row: Row) => ReactNode;
}

/** Notes that most records have none of: no room is kept for them while they load. */
export function Rare<Row>({ queryKey, read, children }: RareProps<Row>) {
  const { data, error, refetch } = useQuery({
    queryKey,
    queryFn: ({ signal }) => read(signal),
    refetchInterval: 5_000,
  });
  return error ? <Fault error={error} again={() => void refetch()} /> : (data ?? []).map(children);
}
