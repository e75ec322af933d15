import { isAwsRegionInEea, isInEea } from '#description/countries.ts'
import type { Trilingual } from '#description/closed-lists.ts'
import type { StorageSite } from '#description/register-description.ts'
import { termZone } from '#description/terms.ts'
import { isAttested, siteOf } from '#safeguards/places/attested-site.ts'
import { isElsewhere, describeDatabasePlaces } from '#safeguards/places/configured-places.ts'
import type { Check, CheckContext, Place } from './promise.ts'

type SiteFacts = {
  places: number
  sites: number
  /** Places not assigned to a listed site. */
  unlisted: number
  /** Sites with data whose attestation is not valid today. */
  unattested: number
  /** Buckets in a region outside the EEA, although the description states that everything is within. */
  outsideEea: number
  nextReview: string | null
  /** Every place with its site: `data: server-room, database: server-room`. */
  where: string
  sitesFi: string
  sitesSv: string
  sitesEn: string
  example: string | null
}

/** A place with data. `elsewhere`: it may be on another machine. */
type Found = { name: string; elsewhere: boolean; site?: string | undefined }

/** R18, R19. */
export const storageSites: Check<SiteFacts> = {
  rule: 'Every folder, file system, database server, tablespace, replica, backup place, copy of the destruction ledger and witness with data of the register is on a listed site, and the attestation of each such site’s electronic access control is valid today. A place on another machine is on the site that SELOSTE_SITES names. If the description states that all sites are in the European Economic Area, no bucket is in a region outside it.',
  test: {
    file: 'src/use/evidence/evidence.test.ts',
    title: 'storage.sites is broken by a location on no listed site, and by an expired attestation',
  },
  remedy:
    'Attest the site again and enter the attestation in a new version of the description; or name in SELOSTE_SITES the listed site on which the place is; or remove the data from the place.',
  async check(context) {
    const { version, now } = context
    const { sites } = version.description.storage
    const found = await placesWithData(context)
    // If there is a single site, this machine is on it; places on other machines must be assigned to a site.
    const withSites = found.map((place) => ({ name: place.name, site: siteOf(sites, place) }))
    const unlisted = withSites.filter(({ site }) => site === undefined)
    const used = [...new Set(withSites.flatMap(({ site }) => (site ? [site] : [])))]
    const today = now.toZonedDateTimeISO(termZone).toPlainDate()
    const unattested = used.filter((site) => !isAttested(site, today))
    const abroad =
      version.description.profile === 'gdpr' && sites.every(({ country }) => isInEea(country))
        ? bucketsAbroad(context)
        : []
    const reviews = used.map(({ nextReview }) => nextReview.toString()).sort()
    return {
      holds: unlisted.length === 0 && unattested.length === 0 && abroad.length === 0,
      facts: {
        places: withSites.length,
        sites: used.length,
        unlisted: unlisted.length,
        unattested: unattested.length,
        outsideEea: abroad.length,
        nextReview: reviews[0] ?? null,
        where: withSites.map(({ name, site }) => `${name}: ${site?.id ?? 'nowhere'}`).join(', '),
        sitesFi: namesOf(used, 'fi'),
        sitesSv: namesOf(used, 'sv'),
        sitesEn: namesOf(used, 'en'),
        example: unlisted[0]?.name ?? unattested[0]?.id ?? abroad[0]?.name ?? null,
      },
    }
  },
  more: ({ sitesFi, sitesSv, sitesEn, outsideEea, nextReview }, { number, date, part }) => {
    const none = part('promise.storage.sites.none')
    return {
      sites: { fi: sitesFi || none.fi, sv: sitesSv || none.sv, en: sitesEn || none.en },
      outsideEea: outsideEea ? part('promise.storage.sites.outside', { outside: number(outsideEea) }) : '',
      nextReview: nextReview ? part('promise.storage.sites.review', { day: date(nextReview) }) : '',
    }
  },
}

/** Returns AWS buckets in a region outside the European Economic Area. */
function bucketsAbroad({ places }: CheckContext): Place[] {
  return places.filter(({ at }) => at.kind === 's3' && at.endpoint === undefined && !isAwsRegionInEea(at.region))
}

function namesOf(sites: readonly StorageSite[], language: keyof Trilingual): string {
  return sites.map(({ names }) => names[language]).join(', ')
}

/** Returns the configured folders and buckets, the database's own places, and the remote copies in use. */
async function placesWithData({ db, places }: CheckContext): Promise<Found[]> {
  const configured = places.find(({ name }) => name === 'database')
  const folders = await Promise.all(places.filter(({ name }) => name !== 'database').map(findPlace))
  const own = await describeDatabasePlaces(db, configured?.site)
  // Uses the register of places: a copy has data from its first use on.
  const copies = await db
    .selectFrom('place_of_data')
    .select(['name', 'site'])
    .where('kind', 'in', ['backup', 'ledger', 'witness'])
    .where('first_used_at', 'is not', null)
    .where('state', '<>', 'left')
    .orderBy('name')
    .execute()
  return [
    ...folders,
    ...own.map(({ name, elsewhere, site }) => ({ name, elsewhere, site })),
    ...copies.map(({ name, site }) => ({ name, elsewhere: true, site: site ?? undefined })),
  ]
}

async function findPlace({ name, at, site }: Place): Promise<Found> {
  return { name, elsewhere: await isElsewhere(at), site }
}
