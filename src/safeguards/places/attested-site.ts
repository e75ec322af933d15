/**
 * Decides whether a place may be used (R19): it needs a site in the description in force with an attestation that is valid
 * today.
 */
import type { StorageSite } from '#description/register-description.ts'

export interface PlaceDescription {
  name: string
  /** Folder or address, without secrets. */
  location: string
  /** True if it may be on another machine. */
  elsewhere: boolean
  /** Id of its site, if configured. */
  site?: string | undefined
}

export type SiteVerdict =
  { site: StorageSite; attested: true } | { site: StorageSite | undefined; attested: false; why: string }

/** Returns the place's site: the configured one, or for places on this machine the description's only site. */
export function siteOf(sites: readonly StorageSite[], place: Pick<PlaceDescription, 'elsewhere' | 'site'>) {
  const [only, ...more] = sites
  const id = place.site ?? (!place.elsewhere && only && more.length === 0 ? only.id : undefined)
  return sites.find((one) => one.id === id)
}

/**
 * Returns true if the site's access control is attested on a day.
 * @param today in the register's time zone
 */
export function isAttested(site: StorageSite, today: Temporal.PlainDate): boolean {
  return (
    site.electronicAccessControl &&
    Temporal.PlainDate.compare(site.attestedOn, today) <= 0 &&
    Temporal.PlainDate.compare(today, site.nextReview) <= 0
  )
}

/** Decides whether a place may be used. `why` is one line for an operator: the site, and what to do. */
export function judgeSite(
  sites: readonly StorageSite[],
  place: PlaceDescription,
  today: Temporal.PlainDate,
): SiteVerdict {
  const site = siteOf(sites, place)
  if (site && isAttested(site, today)) return { site, attested: true }
  return { site, attested: false, why: refusalReason(sites, site, place, today) }
}

const remedy = 'attest it and enter that in a new version of the description'

function refusalReason(
  sites: readonly StorageSite[],
  site: StorageSite | undefined,
  place: PlaceDescription,
  today: Temporal.PlainDate,
): string {
  const listed = sites.map(({ id }) => id).join(', ')
  if (!site && place.site === undefined) {
    return `its storage site is not set: set one of ${listed} in the settings`
  }
  if (!site) {
    return `its site ${place.site ?? ''} is not in the description (${listed}): enter it, attested, in a new version of the description`
  }
  if (!site.electronicAccessControl) return `its site ${site.id} has no electronic access control: ${remedy}`
  if (Temporal.PlainDate.compare(today, site.attestedOn) < 0) {
    return `the attestation of its site ${site.id} begins only on ${site.attestedOn.toString()}`
  }
  return `the attestation of its site ${site.id} was valid until ${site.nextReview.toString()}: ${remedy}`
}
