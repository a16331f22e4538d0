import { Fault } from './Fault';
import { Page } from './Page';
import { PageHead } from './PageHead';

interface ErrorPageProps {
  readonly error?: Error;
  readonly resetErrorBoundary?: (...args: never[]) => void;
}

/** A page that could not be drawn; the rest of the back office goes on. */
export function ErrorPage({ error, resetErrorBoundary }: ErrorPageProps) {
  return (
    <Page>
      <PageHead title="This page could not be shown" />
      <Fault error={error} {...(resetErrorBoundary ? { again: () => resetErrorBoundary() } : {})} />
    </Page>
  );
}
