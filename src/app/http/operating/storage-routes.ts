import { listPlaces } from '#use/storage/list-places.ts'
import { registerOperations, viewed } from '../answer.ts'
import { describedNow, type Desk } from '../desk.ts'
import type { Routes } from '../routes.ts'

/** Places of the register's data (R18, R19). */
export function storageRoutes(app: Routes, desk: Desk): void {
  registerOperations(app, {
    listPlacesOfData: ({ session }) => {
      const { storage } = describedNow(desk)
      return viewed(listPlaces(desk.db, session, storage.sites), (places) => ({
        items: places.map(({ copies, ...place }) => ({ ...place, backup: copies })),
        rotationDays: storage.backupDays,
      }))
    },
  })
}
