import type { PersonOf } from '#safeguards/people/name-people.ts'
import type { PackageRow } from '#use/disclosure/packages/list-packages.ts'
import type { Package } from '../contract/research.ts'
import type { JsonForm } from '../to-json.ts'

/** Returns the ids of all people in a package. */
export function peopleOfPackage({ made_by, downloads }: Pick<PackageRow, 'made_by' | 'downloads'>): (string | null)[] {
  return [made_by, ...downloads.map(({ by }) => by)]
}

/** Returns the view of a package for people who may see its disclosure. */
export function viewPackage(row: PackageRow, person: PersonOf): JsonForm<Package> {
  return {
    ...row,
    sizeBytes: row.size_bytes,
    madeAt: row.made_at,
    madeBy: person(row.made_by),
    expiresAt: row.expires_at,
    takenAt: row.taken_at,
    downloads: row.downloads.map((download) => ({ ...download, by: person(download.by) })),
  }
}
