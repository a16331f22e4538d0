/** Every history that was ever recorded reads as sentences, and the sentences are made of all its events. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readHistory, textAt } from '../../domain/history';
import { storyOf } from '../../api/story';
import { DID, SAID } from '../../api/story-said';

const FOLDER = join(__dirname, '..', 'histories');
const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
const load = (file: string): unknown => JSON.parse(readFileSync(join(FOLDER, file), 'utf8'));

test.each(files)('%s: no event is dropped, none told twice, none without a sentence', (file) => {
  const history = load(file);
  const told = storyOf(history);
  const wanted = readHistory(history)
    .filter(({ type }) => !type.startsWith('WORKFLOW_TASK'))
    .map(({ id }) => id);
  expect(told.flatMap(({ evidence }) => evidence).sort((a, b) => a - b)).toEqual(wanted);
  for (const { sentence, eventId, at } of told) {
    expect([eventId, sentence.length > 3, Number.isNaN(Date.parse(at))]).toEqual([eventId, true, false]);
    expect(sentence).not.toMatch(/undefined|null|\[object/);
  }
  expect(told.filter(({ kind }) => kind === 'other').map(({ sentence }) => sentence)).toEqual([]);
});

const STEPS = ['ACTIVITY_TASK_SCHEDULED', 'TIMER_STARTED'];

test.each(files)(
  '%s: each step carries the sentence of whoever wrote it, each update has one here',
  (file) => {
    const events = readHistory(load(file));
    const silent = events.filter(({ type, summary }) => STEPS.includes(type) && summary === null);
    expect(silent.map(({ id, type }) => `${id} ${type}`)).toEqual([]);
    const updates = events.flatMap(
      ({ attributes }) => textAt(attributes, 'acceptedRequest', 'input', 'name') ?? [],
    );
    expect(updates.filter((name) => name !== 'decide' && !(name in SAID) && !(name in DID))).toEqual([]);
  },
);

test('every update that a workflow takes has a sentence', () => {
  const folder = join(__dirname, '..', '..', 'workflows');
  const handles = readdirSync(folder).filter((file) => /^handles.*\.ts$/.test(file));
  const source = handles.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
  const names = [...source.matchAll(/defineUpdate<[^;]*?>\(\s*'(\w+)'/gs)].map(([, name]) => String(name));
  expect(names.length).toBe(source.split('= defineUpdate').length - 1);
  expect(names.filter((name) => name !== 'decide' && !(name in SAID) && !(name in DID))).toEqual([]);
});

test('the story of an onboarding, as an auditor reads it', () => {
  const told = storyOf(load('onboarding-open.json'));
  expect(
    told.map(
      ({ kind, sentence, outcome }) => `${kind}: ${sentence}${outcome === null ? '' : ` (${outcome})`}`,
    ),
  ).toEqual([
    'start: Onboarding of a customer',
    'state: State: registered',
    'activity: Made the customer of the registration',
    'activity: Made a one-time code and mailed it',
    'timer: Waiting for the customer; then a reminder (ended early)',
    'update: The customer confirmed the email',
    'activity: Noted that the email is confirmed',
    'state: State: verified',
    'timer: Waiting for the customer; then a reminder (ended early)',
    'update: The customer told who they are',
    'activity: Took the profile and began the review',
    'state: State: in review',
    'activity: Asked staff to decide on the account',
    'timer: Waiting for a decision; then the checkers are reminded (ended early)',
    'update: Checker staff-checker accepted',
    'activity: Accepted by checker staff-checker',
    'activity: Assigned a deposit address',
    'activity: Opened the account',
    'state: State: open',
    'activity: Told the customer that the account is open',
    'end: Done',
  ]);
  const decision = told.find(({ sentence }) => sentence === 'Checker staff-checker accepted');
  expect(decision).toMatchObject({
    actor: { id: 'staff-checker', role: 'checker' },
    detail: 'Papers seen',
    links: { approval: expect.stringMatching(/^[0-9a-f-]{36}$/) as string },
  });
  expect(told.filter(({ kind }) => kind === 'activity').every(({ attempts }) => attempts === 1)).toBe(true);
});

const payload = (value: unknown) => ({
  metadata: { encoding: Buffer.from('json/plain').toString('base64') },
  data: Buffer.from(JSON.stringify(value)).toString('base64'),
});
const at = (second: number) => `2026-11-23T00:00:${String(second).padStart(2, '0')}Z`;
const event = (id: number, type: string, name: string, attributes: object, summary?: string) => ({
  eventId: String(id),
  eventTime: at(id),
  eventType: `EVENT_TYPE_${type}`,
  [`${name}EventAttributes`]: attributes,
  ...(summary === undefined ? {} : { userMetadata: { summary: payload(summary) } }),
});

test('failures, retries, what still runs and what nobody foresaw', () => {
  const story = storyOf({
    events: [
      event(1, 'WORKFLOW_EXECUTION_STARTED', 'workflowExecutionStarted', { workflowType: { name: 'sweep' } }),
      event(2, 'ACTIVITY_TASK_SCHEDULED', 'activityTaskScheduled', {
        activityType: { name: 'pushMessage' },
        input: { payloads: [payload({ messageId: 'm1' })] },
      }),
      event(4, 'ACTIVITY_TASK_STARTED', 'activityTaskStarted', {
        scheduledEventId: '2',
        attempt: 4,
        lastFailure: { message: 'the node did not answer' },
      }),
      event(5, 'ACTIVITY_TASK_COMPLETED', 'activityTaskCompleted', {
        scheduledEventId: '2',
        startedEventId: '4',
        result: { payloads: [payload({ cid: 'bafy' })] },
      }),
      event(
        6,
        'ACTIVITY_TASK_SCHEDULED',
        'activityTaskScheduled',
        { activityType: { name: 'bookIt' } },
        'Booked it',
      ),
      event(7, 'ACTIVITY_TASK_FAILED', 'activityTaskFailed', {
        scheduledEventId: '6',
        failure: { message: 'no cash' },
      }),
      event(8, 'TIMER_STARTED', 'timerStarted', { timerId: '1' }),
      event(9, 'SOMETHING_NEW_HAPPENED', 'somethingNewHappened', {}),
    ],
  });
  expect(
    story.map(({ sentence, outcome, detail, attempts, durationMs }) => [
      sentence,
      outcome,
      detail,
      attempts,
      durationMs,
    ]),
  ).toEqual([
    ['Sweep', null, null, undefined, undefined],
    ['Push message', null, 'the node did not answer', 4, 3000],
    ['Booked it', 'failed', 'no cash', undefined, 1000],
    ['Waited', 'waiting', null, undefined, undefined],
    ['Something new happened', null, null, undefined, undefined],
  ]);
  expect(story[1]?.links).toEqual({ message: 'm1', cid: 'bafy' });
});

test('waits that follow each other are one, with all their evidence; a nudge between says nothing new', () => {
  const wait = (id: number, summary = 'Waiting for finality') =>
    event(id, 'TIMER_STARTED', 'timerStarted', { timerId: String(id) }, summary);
  const over = (id: number, started: number, type = 'TIMER_FIRED', name = 'timerFired') =>
    event(id, type, name, { startedEventId: String(started) });
  const look = (id: number) => event(id, 'WORKFLOW_EXECUTION_SIGNALED', 'x', { signalName: 'look' });
  const story = storyOf({
    events: [
      wait(1),
      over(2, 1, 'TIMER_CANCELED', 'timerCanceled'),
      look(3),
      wait(4),
      over(5, 4),
      wait(6),
      over(9, 6),
      look(10),
      wait(11, 'Waiting for the borrower'),
    ],
  });
  expect(
    story.map(({ sentence, times, outcome, durationMs }) => [sentence, times, outcome, durationMs]),
  ).toEqual([
    ['Waiting for finality', 3, null, 8000],
    ['Was told to look again', undefined, null, undefined],
    ['Waiting for the borrower', undefined, 'waiting', undefined],
  ]);
  expect(story[0]?.evidence).toEqual([1, 2, 3, 4, 5, 6, 9]);
});

test('a retry names what went wrong down to its cause; children and runs lead to their own stories', () => {
  const failure = { message: 'activity failed', cause: { message: 'push', cause: { message: 'no answer' } } };
  const story = storyOf({
    events: [
      event(1, 'WORKFLOW_EXECUTION_STARTED', 'x', { continuedExecutionRunId: 'run-0' }, 'Follows the chain'),
      event(2, 'ACTIVITY_TASK_SCHEDULED', 'x', { activityType: { name: 'push' } }, 'Push it'),
      event(3, 'ACTIVITY_TASK_STARTED', 'x', { scheduledEventId: '2', attempt: 3, lastFailure: failure }),
      event(5, 'ACTIVITY_TASK_COMPLETED', 'x', { scheduledEventId: '2', startedEventId: '3' }),
      event(6, 'START_CHILD_WORKFLOW_EXECUTION_INITIATED', 'x', { workflowId: 'deposit/1' }, 'A deposit'),
      event(7, 'CHILD_WORKFLOW_EXECUTION_STARTED', 'x', {
        initiatedEventId: '6',
        workflowExecution: { workflowId: 'deposit/1', runId: 'run-7' },
      }),
      event(8, 'WORKFLOW_EXECUTION_CONTINUED_AS_NEW', 'x', { newExecutionRunId: 'run-2' }),
    ],
  });
  expect(story).toMatchObject([
    { sentence: 'Follows the chain (goes on from the run before)', links: { before: 'run-0' } },
    { attempts: 3, durationMs: 3000, causes: ['activity failed', 'push', 'no answer'] },
    { kind: 'child', links: { workflow: 'deposit/1', run: 'run-7' } },
    { kind: 'end', links: { next: 'run-2' } },
  ]);
});
