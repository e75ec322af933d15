import type { Settings } from '#platform/config/settings.ts'
import { openDirectoryStore } from '#platform/objects/directory-store.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'

/** The store of sealed recordings that the settings name (OBJECTS_URL). @throws ObjectFault */
export function openObjects(settings: Pick<Settings, 'objectsDirectory'>): Promise<ObjectStore> {
  return openDirectoryStore(settings.objectsDirectory)
}
