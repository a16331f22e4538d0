import { Box, Card, Skeleton } from '@mui/material';

/** The outline of a page that is being loaded. */
export function Waiting() {
  return (
    <Box aria-busy="true" aria-label="Loading" role="status">
      {[120, 220].map((height) => (
        <Card key={height} sx={{ p: 2.5, mb: 2 }}>
          <Skeleton width="30%" height={24} />
          <Skeleton variant="rounded" height={height} sx={{ mt: 1 }} />
        </Card>
      ))}
    </Box>
  );
}
