// Wraps an object store and reports its failures as blockers, until the same kind of operation succeeds.
import type { Blockers } from '../blockers/blockers.ts'
import { ObjectFault } from './faults.ts'
import type { ObjectStore } from './object-store.ts'

/** Errors that prove that the store works. */
const answers = new Set(['object-missing', 'object-range-outside'])

export function watchedStore<Store extends ObjectStore>(store: Store, blockers: Blockers): Store {
  async function run<Answer>(operation: 'writing' | 'reading' | 'deleting', result: Promise<Answer>): Promise<Answer> {
    try {
      const answer = await result
      clear(operation)
      return answer
    } catch (error) {
      if (error instanceof ObjectFault) {
        if (answers.has(error.code)) clear(operation)
        else if (error.code === 'object-disk-full') blockers.raise('disk', { code: error.code, about: 'objects' })
        else blockers.raise('object-store', { code: error.code, about: operation })
      }
      throw error
    }
  }

  function clear(operation: 'writing' | 'reading' | 'deleting'): void {
    blockers.clear('object-store', operation)
    if (operation === 'writing') blockers.clear('disk', 'objects')
  }

  return {
    ...store,
    put: (key, content) => run('writing', store.put(key, content)),
    moveIn: (key, file, bytes) => run('writing', store.moveIn(key, file, bytes)),
    readRange: (key, start, end) => run('reading', store.readRange(key, start, end)),
    sizeBytes: (key) => run('reading', store.sizeBytes(key)),
    delete: (key) => run('deleting', store.delete(key)),
  }
}
