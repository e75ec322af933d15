import { listPlaces, type ListedPlace } from '#use/storage/list-places.ts'
import { operations } from '../contract/operations.ts'
import type { PlaceOfData } from '../contract/retention.ts'
import type { Desk } from '../desk.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'

/** Every place where data of the register lie (R18, R19). */
export function storageRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.listPlacesOfData,
    handler: async (request, reply) => {
      const { session } = request
      const { storage } = desk.versions.at(desk.clock.now()).description
      const places = await listPlaces(desk.db, session, storage.sites)
      if ('refused' in places) return refuse(reply, places.refused)
      return reply.send({ items: places.map(viewPlace), rotationDays: storage.backupDays })
    },
  })
}

function viewPlace({ name, kind, location, state, site, firstUsedAt, copies }: ListedPlace): PlaceOfData {
  return {
    name,
    kind,
    location,
    state,
    ...(site && {
      site: {
        id: site.id,
        names: site.names,
        electronicAccessControl: site.electronicAccessControl,
        attestedBy: site.attestedBy,
        attestedOn: site.attestedOn.toString(),
        nextReview: site.nextReview.toString(),
      },
    }),
    ...(firstUsedAt && { firstUsedAt: firstUsedAt.toString() }),
    ...(copies && {
      backup: {
        ...(copies.lastAt && { lastAt: copies.lastAt.toString() }),
        ...(copies.oldestAt && { oldestAt: copies.oldestAt.toString() }),
        backups: copies.backups,
        ...(copies.keysAt && { keysAt: copies.keysAt.toString() }),
        keysPending: copies.keysPending,
        ...(copies.ledgerTo !== undefined && { ledgerTo: copies.ledgerTo }),
        ...(copies.fault !== undefined && { fault: copies.fault }),
        ...(copies.faultCode !== undefined && { faultCode: copies.faultCode }),
      },
    }),
  }
}
