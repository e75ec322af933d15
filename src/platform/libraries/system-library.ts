/**
 * Loads an optional shared library of the system. Looked up on first use and kept for good: koffi unloads an unreferenced
 * library.
 */
import { createRequire } from 'node:module'
import type koffiModule from 'koffi'
import type { LibraryHandle } from 'koffi'

export function systemLibrary<T>(
  names: Partial<Record<NodeJS.Platform, string>>,
  bind: (handle: LibraryHandle) => T,
): () => T | undefined {
  let found: { handle: LibraryHandle; bound: T } | 'missing' | undefined
  return () => {
    found ??= load(names[process.platform], bind) ?? 'missing'
    return found === 'missing' ? undefined : found.bound
  }
}

function load<T>(name: string | undefined, bind: (handle: LibraryHandle) => T) {
  if (name === undefined) return undefined
  try {
    // koffi has a build per platform: it is loaded only where a library is needed.
    const { default: koffi } = createRequire(import.meta.url)('koffi') as { default: typeof koffiModule }
    const handle = koffi.load(name)
    return { handle, bound: bind(handle) }
  } catch {
    return undefined
  }
}
