import { Link } from '@mui/material';
import { Nothing } from '../field/Nothing';

/** Where a figure was read. */
export function Source({ url }: { readonly url: string | null }) {
  if (url === null || !URL.canParse(url)) return <Nothing />;
  return (
    <Link href={url} target="_blank" rel="noopener noreferrer">
      {new URL(url).host}
    </Link>
  );
}
