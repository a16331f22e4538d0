import { Skeleton } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Fault } from './Fault';

interface LoadedProps<Data> {
  readonly queryKey: readonly unknown[];
  readonly read: (signal: AbortSignal) => Promise<Data>;
  readonly everyMs?: number;
  readonly children: (data: Data) => ReactNode;
}

/** A part of a page with a read of its own: loading, error and content each in its place. */
export function Loaded<Data>({ queryKey, read, everyMs = 5_000, children }: LoadedProps<Data>) {
  const { data, error, refetch } = useQuery({
    queryKey,
    queryFn: ({ signal }) => read(signal),
    refetchInterval: everyMs,
  });
  return (
    <>
      {error ? <Fault error={error} again={() => void refetch()} /> : null}
      {data === undefined && !error ? (
        <Skeleton variant="rounded" height={120} sx={{ m: 1 }} aria-label="Loading" />
      ) : null}
      {data === undefined ? null : children(data)}
    </>
  );
}
