import { condition, defineSignal, setHandler } from '@temporalio/workflow';

export const hurry = defineSignal('hurry');

/** The signal's task takes longer than the timer has left, and cancels it. */
export async function race(): Promise<string> {
  let hurried = false;
  setHandler(hurry, () => {
    let spun = 0;
    for (let i = 0; i < 1_000_000_000; i += 1) spun += i;
    hurried = spun > 0;
  });
  const early = await condition(() => hurried, 600);
  await condition(() => false, 1_000);
  return early ? 'hurried' : 'late';
}
