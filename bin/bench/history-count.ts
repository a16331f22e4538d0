/** How much history workflows left in Temporal. */
import { Client, Connection } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import type { StackInfo } from '../../stack/info';

export interface Counted {
  readonly workflows: number;
  readonly events: number;
  readonly activities: number;
}

const { EVENT_TYPE_ACTIVITY_TASK_SCHEDULED } = temporal.api.enums.v1.EventType;

export async function openClient(info: StackInfo): Promise<{ client: Client; close: () => Promise<void> }> {
  const connection = await Connection.connect({ address: info.temporal.address });
  return {
    client: new Client({ connection, namespace: info.temporal.namespace }),
    close: () => connection.close(),
  };
}

/** All runs that the visibility query finds, counted event by event. */
export async function countHistories(client: Client, query: string): Promise<Counted> {
  let counted: Counted = { workflows: 0, events: 0, activities: 0 };
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const scheduled = (events ?? []).filter(
      (event) => event.eventType === EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
    );
    counted = {
      workflows: counted.workflows + 1,
      events: counted.events + (events ?? []).length,
      activities: counted.activities + scheduled.length,
    };
  }
  return counted;
}
