import type { Desk } from '#app/http/desk.ts'
import type { Routes } from '#app/http/routes.ts'
import { singleUseDownloadRoutes } from './single-use-download.ts'
import type { Pages } from './pages.ts'

/** Routes for the single-use download of a copy by its requester (C1, L6). */
export function copyDownloadRoutes(app: Routes, { custodian: { copies } }: Desk, pages: Pages): void {
  singleUseDownloadRoutes(app, pages, {
    path: 'copies',
    kind: 'copy',
    name: 'copy',
    languageOfLink: async (token) => (await copies.languageOfLink({ token })).language,
    async begin(token, address) {
      const { isBusy, copy, recording, attempt, sizeBytes } = await copies.begin({ token, address })
      if (isBusy) return { isBusy }
      if (copy === undefined || recording === undefined || attempt === undefined || sizeBytes === undefined)
        return undefined
      return { copy, recording, attempt, sizeBytes }
    },
    piece: copies.piece,
    taken: copies.taken,
    releaseLease: copies.releaseLease,
    suffix: '.wav.age',
  })
}

/** Routes for the single-use download of a released package by a research institute or an authority (R30, R34). */
export function packageDownloadRoutes(app: Routes, { custodian: { packages } }: Desk, pages: Pages): void {
  singleUseDownloadRoutes(app, pages, {
    path: 'packages',
    kind: 'package',
    name: 'package',
    languageOfLink: async (token) => (await packages.languageOfLink({ token })).language,
    async begin(token, address) {
      const { isBusy, id, attempt, sizeBytes } = await packages.begin({ token, address })
      if (isBusy) return { isBusy }
      if (id === undefined || attempt === undefined || sizeBytes === undefined) return undefined
      return { id, attempt, sizeBytes }
    },
    piece: packages.piece,
    taken: packages.taken,
    releaseLease: packages.releaseLease,
    suffix: '.zip.age',
  })
}
