/** What a state means for the reader: its tone decides icon and colour; the words are always there too. */
export type Tone = 'rest' | 'wait' | 'run' | 'good' | 'care' | 'bad';

const tones: Readonly<Record<string, Tone>> = {
  waiting: 'wait',
  asked: 'wait',
  in_review: 'wait',
  in_approval: 'wait',
  announced: 'wait',
  escrow_offered: 'wait',
  escrow_proposed: 'run',
  draft: 'rest',
  registered: 'rest',
  verified: 'run',
  applied: 'run',
  preflight: 'run',
  seen: 'run',
  final: 'good',
  signed: 'run',
  pushed: 'run',
  included: 'run',
  raising: 'run',
  following: 'run',
  requested: 'run',
  started: 'run',
  counted: 'good',
  swept: 'good',
  arrived: 'good',
  subscribed: 'good',
  minted: 'good',
  nothing: 'rest',
  replaced: 'rest',
  running: 'run',
  disbursing: 'run',
  returning: 'run',
  approved: 'good',
  accepted: 'good',
  granted: 'good',
  disbursed: 'good',
  open: 'good',
  active: 'good',
  escrow_confirmed: 'good',
  credited: 'good',
  settled: 'good',
  closed: 'good',
  completed: 'good',
  passed: 'good',
  matched: 'good',
  booked: 'good',
  paid: 'good',
  received: 'good',
  overdue: 'care',
  paused: 'care',
  draining: 'care',
  orphaned: 'care',
  expired: 'care',
  conflict: 'bad',
  frozen: 'bad',
  lifted: 'good',
  refused: 'bad',
  rejected: 'bad',
  failed: 'bad',
  broken: 'bad',
  terminated: 'bad',
  timed_out: 'bad',
  cancelled: 'care',
  canceled: 'care',
};

export function toneOf(state: string): Tone {
  return tones[state.toLowerCase().replaceAll(/[- ]/g, '_')] ?? 'rest';
}

/** "in_approval" → "In approval". */
export function wordsOf(state: string): string {
  const words = state.replaceAll(/[_-]/g, ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
