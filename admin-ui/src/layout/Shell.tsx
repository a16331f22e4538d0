import type { ReactNode } from 'react';
import { Layout } from 'react-admin';
import { ErrorPage } from './ErrorPage';
import { SideMenu } from './SideMenu';
import { TopBar } from './TopBar';

export function Shell({ children }: { readonly children: ReactNode }) {
  return (
    <Layout
      appBar={TopBar}
      appBarAlwaysOn
      menu={SideMenu}
      error={ErrorPage}
      sx={{ minWidth: 0, '& .RaLayout-content': { minWidth: 0 } }}
    >
      {children}
    </Layout>
  );
}
