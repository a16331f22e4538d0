import { Box, Tooltip } from '@mui/material';
import { Link } from 'react-admin';
import { exactAmount } from '../field/amount';
import { wordsOf } from '../field/tone';
import { Scroll } from '../layout/Scroll';
import { gapsOf, gasText, standWords, standsOf, type Sender, type Slot, type SlotStand } from './sender';

/** At most so many bars are stacked; a figure says how many there were. */
const BARS = 6;

function triesOf({ attempts, reorgs }: Slot): string {
  const tries = attempts.length === 1 ? 'one attempt' : `${attempts.length} attempts`;
  return reorgs === 0 ? tries : `${tries}, taken back by ${reorgs} reorg${reorgs === 1 ? '' : 's'}`;
}

/** What the eye has from colour, bars and marks. */
function spoken(slot: Slot, stand: SlotStand): string {
  return `, ${slot.gas === null ? '' : `${standWords[stand]}, `}${triesOf(slot)}`;
}

function Hint({ slot, stand }: { readonly slot: Slot; readonly stand: SlotStand }) {
  return (
    <>
      <div>
        {wordsOf(slot.kind)}: {standWords[stand]}, {triesOf(slot)}.
      </div>
      <div>{slot.summary}</div>
      {slot.gas === null ? null : <div>Gas {exactAmount(slot.gas)} FIL</div>}
      {slot.waiting === null ? null : <div>{slot.waiting} epochs without landing</div>}
      {slot.needsAction === null ? null : <div>{slot.needsAction}</div>}
    </>
  );
}

function SlotBox({ slot, stand }: { readonly slot: Slot; readonly stand: SlotStand }) {
  const { attempts } = slot;
  return (
    <Tooltip title={<Hint slot={slot} stand={stand} />}>
      <Link
        to={`/messages/${encodeURIComponent(slot.messageId)}/show`}
        className={`slot slot-${stand}`}
        data-nonce={slot.nonce}
        data-stand={stand}
      >
        <span className="slot-bars" aria-hidden>
          {attempts.slice(-BARS).map(({ id, landed }) => (
            <span key={id} className={landed ? 'slot-bar slot-bar-landed' : 'slot-bar'} />
          ))}
        </span>
        <span className="slot-nonce">
          <span className="spoken">Nonce </span>
          {slot.nonce}
          {slot.reorgs > 0 ? (
            <span className="slot-reorg" aria-hidden>
              ↺
            </span>
          ) : null}
          {attempts.length > 1 ? (
            <span className="slot-tries" aria-hidden>
              ×{attempts.length}
            </span>
          ) : null}
        </span>
        <span className="slot-kind">{wordsOf(slot.kind)}</span>
        <span className="slot-gas">{slot.gas === null ? standWords[stand] : gasText(slot.gas)}</span>
        <span className="spoken">{spoken(slot, stand)}</span>
      </Link>
    </Tooltip>
  );
}

function Gap({ from, to }: { readonly from: number; readonly to: number }) {
  return (
    <span className="slot slot-gap">
      <span className="slot-nonce">{from === to ? from : `${from}–${to}`}</span>
      <span className="slot-gas">not shown</span>
    </span>
  );
}

/** One lane: a slot for each nonce from left to right, its attempts stacked, the one that landed filled. */
export function Lane({ sender }: { readonly sender: Sender }) {
  const { slots, drafts, address } = sender;
  if (slots.length === 0 && drafts === 0)
    return <Box sx={{ color: 'text.secondary', fontSize: 13, py: 1 }}>Never signed anything.</Box>;
  const gaps = new Map(gapsOf(slots).map(([from, to]) => [to + 1, { from, to }]));
  return (
    <Scroll label={`Lane of ${address}`}>
      <ol className="lane" aria-label={`Nonces of ${address}`}>
        {standsOf(slots).map(([slot, stand]) => {
          const gap = gaps.get(slot.nonce);
          return (
            <li key={slot.nonce}>
              {gap ? <Gap {...gap} /> : null}
              <SlotBox slot={slot} stand={stand} />
            </li>
          );
        })}
        {drafts === 0 ? null : (
          <li>
            <span className="slot slot-gap">
              <span className="slot-nonce">+{drafts}</span>
              <span className="slot-gas">{drafts === 1 ? 'draft' : 'drafts'}, no nonce yet</span>
            </span>
          </li>
        )}
      </ol>
    </Scroll>
  );
}
