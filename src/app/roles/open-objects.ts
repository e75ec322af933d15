import type { Settings } from '#platform/config/settings.ts'
import { openDirectoryStore } from '#platform/objects/directory-store.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'

export interface RegisterObjects extends ObjectStore {
  /**
   * Checks that a bucket does not keep deleted objects, and removes unfinished uploads. Does nothing for a folder.
   * @throws ObjectFault `object-store-keeps`, `object-store-away`, `object-store-refuses`
   */
  assertDeletesPermanently: () => Promise<void>
  /** Removes unfinished uploads from a store that is no longer used; a folder has none. */
  abortUploads: () => Promise<void>
}

/**
 * Opens the store of sealed recordings (OBJECTS_URL). Connects to a bucket at first use.
 * @throws ObjectFault
 */
export async function openObjects({ objects }: Pick<Settings, 'objects'>): Promise<RegisterObjects> {
  // Loaded on demand, because the S3 library is larger than the rest of the program.
  if (objects.kind === 's3') return (await import('#platform/objects/s3-store.ts')).openS3Store(objects)
  const store = await openDirectoryStore(objects.folder)
  return { ...store, assertDeletesPermanently: () => Promise.resolve(), abortUploads: () => Promise.resolve() }
}
