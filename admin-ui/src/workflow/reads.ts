import { API, request } from '../providers/request';
import { listOf } from '../providers/row';
import type { Run, StoryEvent } from './workflow';

/** Where a part of a workflow is read; of one run where it is named. */
export function partPath(id: string, part: 'story' | 'history' | 'runs', runId?: string): string {
  const path = `${API}/workflows/${encodeURIComponent(id)}/${part}`;
  return runId === undefined ? path : `${path}?runId=${encodeURIComponent(runId)}`;
}

export async function readStory(
  id: string,
  runId: string | undefined,
  signal: AbortSignal,
): Promise<StoryEvent[]> {
  return listOf<StoryEvent>((await request(partPath(id, 'story', runId), { signal })).json);
}

export async function readRuns(id: string, signal: AbortSignal): Promise<Run[]> {
  return listOf<Run>((await request(partPath(id, 'runs'), { signal })).json);
}
