/**
 * Whether a place may be used (R19). In: the sites of the description in force, what is told of a place, today. Out: its
 * site, or why it has none with an attestation that is valid today. Never here: a place opened, a database.
 */
import type { StorageSite } from '#description/register-description.ts'

export interface PlaceTold {
  name: string
  /** A folder or an address, without secrets. */
  location: string
  /** Whether it may be on another machine than this one. */
  elsewhere: boolean
  /** The id of its site, where the operator has told it. */
  site?: string | undefined
}

export type SiteVerdict =
  { site: StorageSite; attested: true } | { site: StorageSite | undefined; attested: false; why: string }

/** The place's site: what is told; this machine's places are on the only site where the description has one. */
export function siteOf(sites: readonly StorageSite[], place: Pick<PlaceTold, 'elsewhere' | 'site'>) {
  const [only, ...more] = sites
  const id = place.site ?? (!place.elsewhere && only && more.length === 0 ? only.id : undefined)
  return sites.find((one) => one.id === id)
}

/** `today` in the time zone of the register. */
export function isAttested(site: StorageSite, today: Temporal.PlainDate): boolean {
  return (
    site.electronicAccessControl &&
    Temporal.PlainDate.compare(site.attestedOn, today) <= 0 &&
    Temporal.PlainDate.compare(today, site.nextReview) <= 0
  )
}

/** `why` is one line for an operator: which site, and what to do. */
export function judgeSite(sites: readonly StorageSite[], place: PlaceTold, today: Temporal.PlainDate): SiteVerdict {
  const site = siteOf(sites, place)
  if (site && isAttested(site, today)) return { site, attested: true }
  return { site, attested: false, why: whyNot(sites, site, place, today) }
}

const remedy = 'attest it and enter that in a new version of the description'

function whyNot(
  sites: readonly StorageSite[],
  site: StorageSite | undefined,
  place: PlaceTold,
  today: Temporal.PlainDate,
): string {
  const listed = sites.map(({ id }) => id).join(', ')
  if (!site && place.site === undefined) {
    return `nobody has told on which storage site of the description it is: name one of ${listed} in the settings`
  }
  if (!site) {
    return `its site ${place.site ?? ''} is not in the description (${listed}): enter it, attested, in a new version of the description`
  }
  if (!site.electronicAccessControl) return `its site ${site.id} has no electronic access control: ${remedy}`
  if (Temporal.PlainDate.compare(today, site.attestedOn) < 0) {
    return `the attestation of its site ${site.id} begins on ${site.attestedOn.toString()} only`
  }
  return `the attestation of its site ${site.id} was valid until ${site.nextReview.toString()}: ${remedy}`
}
