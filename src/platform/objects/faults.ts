import { Fault } from '../fault.ts'

/** Codes of this folder's faults, each with the operator's remedy. */
export const objectFaults = {
  'object-missing': 'No object has this key.',
  'object-range-outside': 'The object is shorter than the range asked for.',
  'object-disk-full': 'The disk of the object store is full: free some space; writing resumes automatically.',
  'object-store-failed': 'The disk or the server of the object store returned an error; see the cause.',
  'object-store-away': 'The server of the object store does not answer: check it and the network.',
  'object-store-refuses':
    'The server of the object store denied access: check the access keys, its policies and the bucket.',
  'object-store-keeps': 'The bucket keeps overwritten or deleted objects: use one that does not.',
} as const

/** Object store fault, with a code of `objectFaults`. */
export class ObjectFault extends Fault<keyof typeof objectFaults> {}

/** Returns the fault for a file system error. */
export function objectFault(key: string, action: string, error: unknown): ObjectFault {
  if (error instanceof ObjectFault) return error
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT') return new ObjectFault('object-missing', `The object ${key} does not exist.`, error)
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new ObjectFault('object-disk-full', `The object disk is full: ${key} could not be ${action}.`, error)
  }
  if (code === 'EROFS') {
    return new ObjectFault('object-store-refuses', `The disk is read-only: ${key} could not be ${action}.`, error)
  }
  if (code === 'ELOOP') {
    const reason = error instanceof Error ? error.message : code
    return new ObjectFault('object-store-failed', `The object ${key} could not be ${action}: ${reason}.`, error)
  }
  return new ObjectFault(
    'object-store-failed',
    `The object ${key} could not be ${action} (${code ?? String(error)}).`,
    error,
  )
}
