/** Collects call flows from the memory of all captures for the desk, which checks the viewer's right before it requests them. */
import type { CallFlow, CallFlows } from '#capture/session/seen/call-flows.ts'
import type { Captures } from '../desk/captures.ts'

/** Call flow without its steps. */
type FlowSummary = Omit<CallFlow, 'steps' | 'leftOut'>
type NodeFlowSummary = FlowSummary & { node: string }
type ShownFlow = NodeFlowSummary & Pick<CallFlow, 'steps' | 'leftOut'>

/** Reads call flows for the desk. Returns `no-answer` if no capture answers. */
export interface FlowReader {
  /** Newest first; `unanswered` are the nodes that did not answer. */
  list(): Promise<{ flows: NodeFlowSummary[]; unanswered: string[] } | 'no-answer'>
  /** Undefined if no capture has a flow of that id any more. */
  read(id: string): Promise<ShownFlow | undefined | 'no-answer'>
}

const listRequest = 'call-flows'

/** Answers a request to a capture; undefined if it is about something else. */
export function answerCallFlows(flows: CallFlows, request: string): unknown {
  if (request === listRequest) return flows.all().map(summaryOf)
  if (!request.startsWith(`${listRequest}/`)) return undefined
  const found = flows.find(request.slice(listRequest.length + 1))
  return found ? { ...summaryOf(found), steps: found.steps, leftOut: found.leftOut } : null
}

export function readCallFlows(captures: Captures): FlowReader {
  return {
    async list() {
      const { expected, answers } = await captures.request(listRequest)
      if (answers.size === 0) return 'no-answer'
      const flows = expected.flatMap(({ id, name }) => {
        return ((answers.get(id) ?? []) as FlowSummary[]).map((flow) => ({ ...flow, node: name }))
      })
      flows.sort((one, other) => other.startedAtMs - one.startedAtMs)
      return { flows, unanswered: expected.filter(({ id }) => !answers.has(id)).map(({ name }) => name) }
    },
    async read(id) {
      const { expected, answers } = await captures.request(`${listRequest}/${id}`)
      if (answers.size === 0) return 'no-answer'
      for (const node of expected) {
        const found = answers.get(node.id) as Omit<ShownFlow, 'node'> | null | undefined
        if (found) return { ...found, node: node.name }
      }
      return answers.size < expected.length ? 'no-answer' : undefined
    },
  }
}

/** Returns the shown part of a flow, without the client's dialog id. */
function summaryOf({ id, segments, client, transport, startedAtMs, endedAtMs, problems }: CallFlow): FlowSummary {
  return { id, segments, client, transport, startedAtMs, ...(endedAtMs !== undefined && { endedAtMs }), problems }
}
