import { listPlaces } from '#use/storage/list-places.ts'
import { answer, viewed } from '../answer.ts'
import { describedNow, type Desk } from '../desk.ts'
import type { Routes } from '../routes.ts'

/** Every place where data of the register lie (R18, R19). */
export function storageRoutes(app: Routes, desk: Desk): void {
  answer(app, {
    listPlacesOfData: ({ session }) => {
      const { storage } = describedNow(desk)
      return viewed(listPlaces(desk.db, session, storage.sites), (places) => ({
        items: places.map(({ copies, ...place }) => ({ ...place, backup: copies })),
        rotationDays: storage.backupDays,
      }))
    },
  })
}
