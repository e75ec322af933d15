import { parseArgs } from 'node:util'
import type { Settings } from '#platform/config/settings.ts'
import { Fault } from '#platform/fault.ts'
import { removeNode, listNodeStatuses, type NodeStatus } from '#register/capture-nodes.ts'
import { withRunningDatabase } from './running-database.ts'

/** `nodes list|forget`: captures of this register on all machines. `list` exits with 1 if one does not answer. */
export async function nodes(settings: Settings, args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { node: { type: 'string' }, json: { type: 'boolean' } },
  })
  const [action] = positionals
  if (action === 'list') {
    const found = await withRunningDatabase(settings, 'nodes', listNodeStatuses)
    if (values.json === true) console.log(JSON.stringify(found))
    else if (found.length === 0) console.log('no capture node has been started on this database')
    else for (const line of describeNodes(found)) console.log(line)
    if (found.some(({ state }) => state === 'silent')) process.exitCode = 1
    return
  }
  if (action === 'forget' && values.node !== undefined) {
    const ended = await withRunningDatabase(settings, 'nodes', async (db) => {
      const named = (await listNodeStatuses(db)).filter(({ id, name }) => name === values.node || id === values.node)
      const [node, another] = named.filter(({ state }) => state === 'silent' || state === 'ended')
      if (another) {
        throw new Fault(
          'argument-wrong',
          `several nodes are named ${values.node}: give the id of one, ${named.map(({ id, aliveAt }) => `${id} (last heartbeat ${aliveAt.toString({ smallestUnit: 'second' })})`).join(', ')}`,
        )
      }
      if (!node)
        throw new Fault(
          'not-found',
          named.length > 0
            ? `${values.node} answers: stop it first`
            : `unknown node ${values.node}; see "seloste nodes list"`,
        )
      return removeNode(db, node.id)
    })
    console.log(`node removed; calls ended as of its last heartbeat: ${ended}`)
    return
  }
  throw new Fault('argument-wrong', 'nodes needs list, or forget --node NAME; see "seloste help"')
}

/** Returns a line per node, and one per name shared by two live nodes. */
export function describeNodes(found: readonly NodeStatus[]): string[] {
  const twice = new Set(found.filter(({ sharesName }) => sharesName).map(({ name }) => name))
  const lines = [...twice].map(
    (name) => `${name}  is used by two running capture nodes: give each its own name in SELOSTE_NODE`,
  )
  return [...found.map(describeNode), ...lines].map((line) => line.replaceAll(/\p{Cc}/gu, ''))
}

function describeNode(node: NodeStatus): string {
  const { name, sessions, recordings, waiting, openCalls } = node
  const now = `sessions: ${sessions}, recordings: ${recordings}, waiting for the register: ${waiting}`
  const lastHeartbeat = node.aliveAt.toString({ smallestUnit: 'second' })
  switch (node.state) {
    case 'silent':
      return `${name}  no heartbeat since ${lastHeartbeat}; open calls: ${openCalls} (docs/operate/several-machines.md)`
    case 'ended':
      return `${name}  stopped at ${lastHeartbeat}; waiting on its disk: ${waiting}`
    case 'draining':
      return `${name}  is draining; ${now}`
    case 'busy':
      return `${name}  refuses new sessions (${node.pressures.join(', ')}: docs/operate/overload.md); ${now}`
    case 'takes-calls':
      return `${name}  accepts new sessions; ${now}`
  }
}
