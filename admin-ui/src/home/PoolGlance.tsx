import { Link } from 'react-admin';
import { Loaded } from '../layout/Loaded';
import { Panel } from '../layout/Panel';
import { PoolFigures } from '../pool/PoolFigures';
import { readPool } from '../pool/reads';

const flexible = 'flexible';

export function PoolGlance() {
  return (
    <Panel title="Flexible pool" side={<Link to={`/pools/${flexible}/show`}>Open</Link>}>
      <Loaded queryKey={['pools', 'glance', flexible]} read={(signal) => readPool(flexible, signal)}>
        {(pool) => <PoolFigures pool={pool} />}
      </Loaded>
    </Panel>
  );
}
