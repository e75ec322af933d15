/**
 * Sends requests to captures on other machines over the database. The capture on the desk's own machine answers at its sockets,
 * even while the database is down.
 */
import type { Kysely } from 'kysely'
import { requestOnChannel } from '#platform/database/channel-request.ts'
import { answerKey, channelNameOf, listLiveNodes } from '#register/capture-nodes.ts'
import type { RegisterTables } from '#register/tables.ts'

export interface Captures {
  /**
   * Sends a request to all live nodes, except the one with the given id.
   * @returns the answers, and in `expected` the nodes that should have answered
   */
  request(
    request: string,
    except?: string,
  ): Promise<{ expected: { id: string; name: string }[]; answers: Map<string, unknown> }>
  stop(): Promise<void>
}

const answerMs = 2_000

export function openCaptures(options: {
  db: Kysely<RegisterTables>
  databaseUrl: string
  onFault: (error: unknown) => void
}): Captures {
  const { db } = options
  const requester = requestOnChannel({ db, url: options.databaseUrl, onFault: options.onFault })
  return {
    async request(request, except) {
      const nodes = await listLiveNodes(db)
      const expected = nodes.filter(({ id }) => id !== except)
      const idOfChannel = new Map(expected.map(({ id }) => [channelNameOf(id), id]))
      const keys = new Map(expected.map(({ id }) => [channelNameOf(id), answerKey(id)]))
      const received = await requester.request(request, keys, answerMs)
      const answers = new Map(
        [...received].flatMap(([name, answer]) => (idOfChannel.has(name) ? [[idOfChannel.get(name)!, answer]] : [])),
      )
      return { expected, answers }
    },
    stop: () => requester.stop(),
  }
}
