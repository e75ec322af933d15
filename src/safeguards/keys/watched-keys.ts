import type { Blockers } from '#platform/blockers/blockers.ts'
import { KeyStoreFault, type KeyStore, type keyStoreFaults } from './key-store.ts'

/** Codes of errors about a key or a request, from a store that works. */
const codesOfWorkingStore = new Set<keyof typeof keyStoreFaults>([
  'KEY_EXISTS',
  'KEY_NAME',
  'KEY_MISSING',
  'KEY_FORGED',
])

/** Wraps a key store and reports failures as a blocker until the store answers again. */
export function watchedKeys(store: KeyStore, blockers: Blockers): KeyStore {
  async function run<Answer>(running: Promise<Answer>): Promise<Answer> {
    try {
      const answer = await running
      blockers.clear('key-store')
      return answer
    } catch (error) {
      if (error instanceof KeyStoreFault && codesOfWorkingStore.has(error.code)) blockers.clear('key-store')
      else blockers.raise('key-store', { code: (error as { code?: string }).code ?? 'KEY_STORE_AWAY' })
      throw error
    }
  }

  return {
    kind: store.kind,
    make: (name) => run(store.make(name)),
    wrap: (name, items) => run(store.wrap(name, items)),
    unwrap: (name, items) => run(store.unwrap(name, items)),
    write: (name, secret) => run(store.write(name, secret)),
    read: (name) => run(store.read(name)),
    has: (name) => run(store.has(name)),
    destroy: (name) => run(store.destroy(name)),
    names: () => run(store.names()),
    copyOut: (name) => run(store.copyOut(name)),
  }
}
