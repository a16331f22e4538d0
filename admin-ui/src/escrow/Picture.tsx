import { useId } from 'react';
import { figure, leftOf, lineOf, topOf } from './figure';
import { edgeName, edges, owners, places, type Journey, type Place } from './path';

const byState = new Map(places.map((place) => [place.state, place]));

interface PictureProps {
  readonly journey: Journey;
  /** The escrow's ID address, once it is final. */
  readonly escrow: string | null;
}

function Bands({ escrow }: { readonly escrow: string | null }) {
  const words = {
    borrower: 'The borrower owns the miner',
    escrow: escrow === null ? 'Our escrow owns the miner' : `Our escrow ${escrow} owns the miner`,
    'borrower again': 'Given back',
  };
  return owners.map(({ from, to, whose }) => {
    const x = leftOf({ column: from }) - figure.gap / 2 + 4;
    const width = (to - from + 1) * (figure.box + figure.gap) - 8;
    return (
      <g key={whose}>
        <rect
          className={whose === 'escrow' ? 'way-band way-ours' : 'way-band'}
          x={Math.max(0, x)}
          y={0}
          width={Math.min(width, figure.width - Math.max(0, x))}
          height={figure.height}
          rx={10}
        />
        <text className="way-owner" x={Math.max(0, x) + 12} y={20}>
          {words[whose]}
        </text>
      </g>
    );
  });
}

function Lines({ travelled }: Pick<Journey, 'travelled'>) {
  const id = useId();
  const marker = (name: string) => (
    <marker
      id={`${id}${name}`}
      viewBox="0 0 8 8"
      refX="7"
      refY="4"
      markerWidth="7"
      markerHeight="7"
      markerUnits="userSpaceOnUse"
      orient="auto"
      className={`way-tip-${name}`}
    >
      <path d="M0 0.5 8 4 0 7.5z" />
    </marker>
  );
  // Travelled ones last: they lie above the others.
  const order = [...edges].sort(
    (a, b) => Number(travelled.has(edgeName(a))) - Number(travelled.has(edgeName(b))),
  );
  return (
    <>
      <defs>
        {marker('gone')}
        {marker('open')}
      </defs>
      {order.map((edge) => {
        const [start, end] = [byState.get(edge[0]), byState.get(edge[1])];
        if (!start || !end) return null;
        const kind = travelled.has(edgeName(edge)) ? 'gone' : 'open';
        return (
          <path
            key={edgeName(edge)}
            className={`way-line way-${kind}`}
            data-edge={edgeName(edge)}
            data-travelled={kind === 'gone'}
            d={lineOf(edge, start, end)}
            markerEnd={`url(#${id}${kind})`}
          />
        );
      })}
    </>
  );
}

function standOf(place: Place, { now, visits }: Journey): string {
  if (place.state === now) return 'now';
  return visits.has(place.state) ? 'been' : 'ahead';
}

function Node({ place, journey }: { readonly place: Place; readonly journey: Journey }) {
  const stand = standOf(place, journey);
  const visit = journey.visits.get(place.state);
  const x = leftOf(place);
  const y = topOf(place);
  const centre = x + figure.box / 2;
  const epoch = visit?.epoch == null ? null : `epoch ${visit.epoch.toLocaleString('en')}`;
  return (
    <g className={`way-node way-node-${stand}`} data-place={place.state} data-stand={stand}>
      <rect x={x} y={y} width={figure.box} height={figure.tall} rx={9} />
      <text x={centre} y={epoch === null ? y + 28 : y + 20} className="way-name">
        {place.label}
      </text>
      {epoch === null ? null : (
        <text x={centre} y={y + 36} className="way-epoch">
          {epoch}
        </text>
      )}
      {visit?.messageId == null ? null : (
        <a
          href={`#/messages/${encodeURIComponent(visit.messageId)}/show`}
          aria-label={`Message of ${place.label}`}
        >
          <text x={centre} y={y + figure.tall + 16} className="way-message">
            message
          </text>
        </a>
      )}
    </g>
  );
}

/** The states of a loan's escrow; what was travelled is drawn full, what may come is dashed. */
export function Picture({ journey, escrow }: PictureProps) {
  return (
    <svg
      viewBox={`0 0 ${figure.width} ${figure.height}`}
      role="group"
      aria-label="Where the owner role is and how it came there"
      style={{ minWidth: 940, width: '100%', display: 'block' }}
    >
      <Bands escrow={escrow} />
      <Lines travelled={journey.travelled} />
      {places.map((place) => (
        <Node key={place.state} place={place} journey={journey} />
      ))}
    </svg>
  );
}
