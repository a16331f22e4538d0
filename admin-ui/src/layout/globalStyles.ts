/** Styles of our own small elements: tones, step tracks, copy buttons, text for screen readers. */
import type { Palette } from './palette';
import { pictureStyles } from './pictureStyles';

function toneStyles(colours: Palette) {
  return Object.fromEntries(
    Object.entries(colours.tones).map(([tone, [ink, ground]]) => [
      // the second for links, whose own colour would win over one class
      `.tone-${tone}, a.tone.tone-${tone}`,
      { color: ink, backgroundColor: ground },
    ]),
  );
}

function trackStyles(colours: Palette) {
  const dot = { backgroundColor: colours.paper, border: `2px solid ${colours.line}`, color: colours.soft };
  return {
    '.track': { display: 'flex', listStyle: 'none', margin: 0, padding: '4px 0 0' },
    '.track li': {
      position: 'relative',
      flex: '1 1 0',
      minWidth: 84,
      display: 'flex',
      flexDirection: 'column',
      alignItems: 'center',
      textAlign: 'center',
      fontSize: 12.5,
    },
    '.track li:not(:first-of-type)::before': {
      content: '""',
      position: 'absolute',
      top: 11,
      right: 'calc(50% + 14px)',
      left: 'calc(-50% + 14px)',
      height: 2,
      backgroundColor: colours.line,
    },
    '.track li.track-done::before, .track li.track-now::before': {
      backgroundColor: `${colours.brand} !important`,
    },
    '.track-dot': {
      ...dot,
      width: 24,
      height: 24,
      borderRadius: 12,
      display: 'grid',
      placeItems: 'center',
      fontSize: 11.5,
      fontWeight: 600,
      zIndex: 1,
    },
    '.track-done .track-dot': {
      backgroundColor: colours.brand,
      borderColor: colours.brand,
      color: colours.brandInk,
    },
    '.track-now .track-dot': {
      borderColor: colours.brand,
      color: colours.brand,
      boxShadow: `0 0 0 4px ${colours.brandWash}`,
    },
    '.track-stopped .track-dot': {
      backgroundColor: colours.error,
      borderColor: colours.error,
      color: colours.paper,
    },
    '.track-label': { marginTop: 7, fontWeight: 500, padding: '0 4px' },
    '.track-now .track-label': { fontWeight: 700 },
    '.track-ahead .track-label': { color: colours.soft },
    '.track-note': { color: colours.soft, fontSize: 11.5, minHeight: 16, padding: '0 4px' },
  };
}

function menuStyles(colours: Palette) {
  return {
    '.menu': { padding: '4px 0 24px' },
    '.menu h2': { margin: 0, padding: '14px 20px 3px', fontSize: 11.5, fontWeight: 600, color: colours.soft },
    '.menu ul': { listStyle: 'none', margin: 0, padding: '0 10px' },
    'a.menu-entry': {
      display: 'flex',
      alignItems: 'center',
      gap: 11,
      margin: '1px 0',
      padding: '5px 9px',
      minHeight: 31,
      borderRadius: 7,
      fontSize: 13.5,
      color: colours.ink,
    },
    'a.menu-entry svg': { fontSize: 18, color: colours.soft },
    'a.menu-entry:hover': { textDecoration: 'none', backgroundColor: colours.line },
    'a.menu-entry.active, a.menu-entry.active svg': { color: colours.brand },
    'a.menu-entry.active': { backgroundColor: colours.brandWash, fontWeight: 600 },
  };
}

/** What is wider than its place: a shade at each side where there is more, covered by paper where there is none. */
function sidewaysStyles({ paper, line }: Palette) {
  const cover = (side: 'left' | 'right', to: string) => ({
    image: `linear-gradient(to ${to}, ${paper} 35%, transparent)`,
    place: `${side} top / 48px 100% no-repeat local`,
  });
  const shade = (side: 'left' | 'right', to: string) => ({
    image: `linear-gradient(to ${to}, ${line}, transparent)`,
    place: `${side} top / 20px 100% no-repeat scroll`,
  });
  const layers = [
    cover('left', 'right'),
    cover('right', 'left'),
    shade('left', 'right'),
    shade('right', 'left'),
  ];
  const background = [...layers.map(({ image, place }) => `${image} ${place}`), paper].join(', ');
  return { '.sideways': { overflowX: 'auto', background: `${background} !important` } };
}

export function globalStyles(colours: Palette) {
  return {
    body: { fontSize: 14, WebkitFontSmoothing: 'antialiased' },
    a: { color: colours.brand, textDecoration: 'none' },
    'a:hover': { textDecoration: 'underline' },
    // Within a sentence colour alone does not tell a link.
    '.MuiAlert-message a, .hint a': { textDecoration: 'underline' },
    ':focus-visible': { outline: `2px solid ${colours.brand}`, outlineOffset: 2 },
    '.tone': {
      display: 'inline-flex',
      alignItems: 'center',
      gap: 4,
      padding: '1px 8px 1px 6px',
      borderRadius: 20,
      fontSize: 12,
      fontWeight: 600,
      lineHeight: '18px',
      whiteSpace: 'nowrap',
      verticalAlign: 'middle',
    },
    '.aside': { color: colours.soft, fontSize: 12.5 },
    ...sidewaysStyles(colours),
    ...toneStyles(colours),
    ...trackStyles(colours),
    ...menuStyles(colours),
    ...pictureStyles(colours),
    '.story-line': {
      display: 'grid',
      gridTemplateColumns: '132px minmax(0, 1fr)',
      columnGap: 16,
      padding: '6px 0',
      borderTop: `1px solid ${colours.line}`,
      overflowWrap: 'anywhere',
    },
    '.story-line time': {
      color: colours.soft,
      fontSize: 12.5,
      paddingTop: 2,
      fontVariantNumeric: 'tabular-nums',
    },
    '.copy': { opacity: 0, transition: 'opacity .12s' },
    '.money-more': { display: 'inline-block', width: '0.95em', textAlign: 'left' },
    '.money-none': { display: 'none' },
    'td.MuiTableCell-alignRight .money-none': { display: 'inline-block' },
    // Outside the line, so that the digits of a column stay aligned.
    '.money > .copy': { position: 'absolute', left: '100%', top: -1, margin: 0 },
    'tr:hover .copy, dd:hover .copy, .copy-zone:hover .copy, .copy:focus-visible, *:hover > .copy': {
      opacity: 1,
    },
    '@media (hover: none)': { '.copy': { opacity: 1 } },
    '.spoken': {
      position: 'absolute',
      width: 1,
      height: 1,
      overflow: 'hidden',
      clipPath: 'inset(50%)',
      whiteSpace: 'nowrap',
    },
    '@keyframes pulse': { '50%': { opacity: 0.35 } },
    '@media (prefers-reduced-motion: reduce)': {
      '*': { animation: 'none !important', transition: 'none !important' },
    },
  };
}
