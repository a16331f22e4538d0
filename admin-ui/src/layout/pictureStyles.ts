/** Styles of the drawn pictures: the way of an escrow, lanes of nonces, bars. */
import type { Palette } from './palette';

function wayStyles(colours: Palette) {
  return {
    '.way-band': { fill: colours.raised },
    '.way-band.way-ours': { fill: colours.brandWash },
    '.way-owner': { fill: colours.soft, fontSize: 12, fontWeight: 600 },
    '.way-line': { fill: 'none' },
    '.way-gone': { stroke: colours.brand, strokeWidth: 2.4 },
    '.way-open': { stroke: colours.faint, strokeWidth: 1.1, strokeDasharray: '4 4', opacity: 0.75 },
    '.way-tip-gone path': { fill: colours.brand },
    '.way-tip-open path': { fill: colours.faint },
    '.way-node rect': { fill: colours.paper, stroke: colours.line, strokeWidth: 1.3 },
    '.way-node text': { textAnchor: 'middle', fontVariantNumeric: 'tabular-nums' },
    '.way-name': { fill: colours.soft, fontSize: 13.5 },
    '.way-epoch': { fill: colours.soft, fontSize: 11.5 },
    // A halo in the colour of its band: lines may pass behind it.
    'a .way-message': {
      fill: colours.brand,
      fontSize: 11.5,
      paintOrder: 'stroke',
      stroke: colours.brandWash,
      strokeWidth: 5,
    },
    'a:hover .way-message': { textDecoration: 'underline' },
    '.way-node-been rect': { stroke: colours.brand, strokeWidth: 1.8 },
    '.way-node-been .way-name': { fill: colours.ink, fontWeight: 600 },
    '.way-node-now rect': { fill: colours.brand, stroke: colours.brand },
    '.way-node-now .way-name': { fill: colours.brandInk, fontWeight: 700 },
    '.way-node-now .way-epoch': { fill: colours.brandInk },
  };
}

function slotTone(colours: Palette, tone: keyof Palette['tones']) {
  const [ink, ground] = colours.tones[tone];
  return { '--ink': ink, '--ground': ground };
}

function laneStyles(colours: Palette) {
  return {
    '.lane': { display: 'flex', gap: 6, listStyle: 'none', margin: 0, padding: '4px 2px 2px' },
    '.lane li': { display: 'flex', gap: 6, flex: '0 0 auto' },
    '.slot': {
      position: 'relative',
      width: 104,
      display: 'flex',
      flexDirection: 'column',
      justifyContent: 'flex-end',
      padding: '6px 8px 5px',
      borderRadius: 8,
      border: '1px solid var(--ink)',
      backgroundColor: 'var(--ground)',
      color: colours.ink,
      lineHeight: 1.35,
      minHeight: 92,
    },
    'a.slot:hover': { textDecoration: 'none', boxShadow: '0 0 0 2px var(--ink)' },
    '.slot-bars': {
      display: 'flex',
      flexDirection: 'column-reverse',
      gap: 2,
      marginBottom: 'auto',
      paddingBottom: 4,
    },
    '.slot-bar': { height: 4, borderRadius: 2, border: '1px solid var(--ink)', opacity: 0.75 },
    '.slot-bar-landed': { backgroundColor: 'var(--ink)', opacity: 1 },
    '.slot-nonce': { fontSize: 15, fontWeight: 650, fontVariantNumeric: 'tabular-nums' },
    '.slot-tries, .slot-reorg': { fontSize: 12, fontWeight: 600, marginLeft: 5, color: 'var(--ink)' },
    '.slot-kind': { fontSize: 11.5, whiteSpace: 'nowrap', overflow: 'hidden', textOverflow: 'ellipsis' },
    '.slot-gas': { fontSize: 11, color: colours.soft, fontVariantNumeric: 'tabular-nums' },
    'a.slot .slot-gas': { color: 'var(--ink)' },
    '.slot-gap': {
      borderStyle: 'dashed',
      borderColor: colours.faint,
      backgroundColor: 'transparent',
      color: colours.soft,
    },
    '.slot-mark': {
      display: 'inline-block',
      width: 12,
      height: 12,
      borderRadius: 3,
      border: '1px solid var(--ink)',
      backgroundColor: 'var(--ground)',
      verticalAlign: -1,
    },
    '.slot-landed': slotTone(colours, 'good'),
    '.slot-included': slotTone(colours, 'run'),
    '.slot-waiting': { ...slotTone(colours, 'run'), borderStyle: 'dashed' },
    '.slot-behind': { ...slotTone(colours, 'wait'), borderStyle: 'dashed' },
    '.slot-stuck, .slot-conflict, .slot-failed': slotTone(colours, 'bad'),
    '.slot-stuck, .slot-conflict': { borderWidth: 2 },
  };
}

function barStyles(colours: Palette) {
  const [, care] = colours.tones.care;
  return {
    '.split': { display: 'flex', gap: 1, height: 12, minWidth: 84, borderRadius: 6, overflow: 'hidden' },
    '.split > span': { flexBasis: 0, minWidth: 3 },
    '.split-mark': { display: 'inline-block', width: 11, height: 11, borderRadius: 3, verticalAlign: -1 },
    '.split-penalty': { backgroundColor: colours.error },
    '.split-fee': { backgroundColor: colours.warning },
    '.split-interest': { backgroundColor: colours.second },
    '.split-principal': { backgroundColor: colours.brand },
    '.split-excess': { backgroundColor: care, boxShadow: `inset 0 0 0 1px ${colours.second}` },
    '.meter': {
      height: 5,
      borderRadius: 3,
      backgroundColor: colours.line,
      overflow: 'hidden',
      display: 'block',
      marginTop: 3,
    },
    '.meter > span': { display: 'block', height: '100%', backgroundColor: colours.brand, borderRadius: 3 },
  };
}

export function pictureStyles(colours: Palette) {
  return { ...wayStyles(colours), ...laneStyles(colours), ...barStyles(colours) };
}
