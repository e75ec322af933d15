import type { DownloadRow, PackageRow } from '#use/disclosure/packages/list-packages.ts'
import type { Package } from '../contract/research.ts'
import type { Download } from '../contract/shapes.ts'

/** A package as it is told to those who may know of its disclosure. */
export function viewPackage(row: PackageRow, names: ReadonlyMap<string, string>): Package {
  const {
    id,
    method,
    delivery,
    state,
    files,
    done,
    size_bytes,
    sha256,
    made_at,
    made_by,
    expires_at,
    taken_at,
    downloads,
  } = row
  return {
    id,
    method,
    delivery,
    state,
    files,
    done,
    ...(size_bytes !== null && { sizeBytes: size_bytes }),
    ...(sha256 !== null && { sha256 }),
    madeAt: made_at.toString(),
    madeBy: { id: made_by, name: names.get(made_by) ?? made_by },
    expiresAt: expires_at.toString(),
    ...(taken_at && { takenAt: taken_at.toString() }),
    downloads: viewDownloads(downloads, names),
  }
}

export function viewDownloads(downloads: readonly DownloadRow[], names: ReadonlyMap<string, string>): Download[] {
  return downloads.map(({ at, outcome, by, address }) => ({
    at: Temporal.Instant.from(at).toString(),
    outcome,
    ...(by !== null && { by: { id: by, name: names.get(by) ?? by } }),
    ...(address !== null && { address }),
  }))
}
