import { Fault } from './Fault';
import { Page } from './Page';
import { PageHead } from './PageHead';

/**
 * A page that could not be drawn; the rest of the back office goes on. Trying again loads everything anew: after an
 * update of the back office the parts that an open tab has not loaded yet are no longer there.
 */
export function ErrorPage({ error }: { readonly error?: Error }) {
  return (
    <Page>
      <PageHead title="This page could not be shown" />
      <Fault error={error} again={() => window.location.reload()} />
    </Page>
  );
}
