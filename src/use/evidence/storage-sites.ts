import { networkInterfaces } from 'node:os'
import { sql } from 'kysely'
import type { StorageSite, Trilingual } from '#description/register-description.ts'
import { termZone } from '#description/terms.ts'
import { isOnNetworkDrive } from '#platform/objects/network-drive.ts'
import { askOne } from './ask-one.ts'
import type { Check, Looking, Place } from './promise.ts'
import { wordsAt } from './words.ts'

type SiteFacts = {
  places: number
  sites: number
  /** Places of which nobody has told on which listed site they are. */
  unlisted: number
  /** Sites with data whose attestation is not valid today. */
  unattested: number
  nextReview: string | null
  /** Every place with its site: `data: server-room, database: server-room`. */
  where: string
  sitesFi: string
  sitesSv: string
  sitesEn: string
  example: string | null
}

/** Where something of the register lies, and whether that may be another machine. */
type Found = { name: string; elsewhere: boolean; site?: string | undefined }

/** R18, R19. */
export const storageSites: Check<SiteFacts> = {
  rule: 'Every folder, file system, database server, tablespace and replica with data of the register is on a listed site, and the attestation of each such site’s electronic access control is valid today; what is on another machine is on the site that SELOSTE_SITES names.',
  test: {
    file: 'src/use/evidence/evidence.test.ts',
    title: 'storage.sites is broken by a place on no listed site, and by an attestation that is out of date',
  },
  remedy:
    'Attest the site again and enter it in a new version of the description; or name in SELOSTE_SITES on which listed site the place is; or take the data away from it.',
  async check(looking) {
    const { version, now } = looking
    const { sites } = version.description.storage
    const found = await placesWithData(looking)
    const [only, ...more] = sites
    const placed = found.map((place) => {
      // This machine is on the one site there is; anything else must be said.
      const id = place.site ?? (!place.elsewhere && only && more.length === 0 ? only.id : undefined)
      return { name: place.name, site: sites.find((one) => one.id === id) }
    })
    const unlisted = placed.filter(({ site }) => site === undefined)
    const used = [...new Set(placed.flatMap(({ site }) => (site ? [site] : [])))]
    const today = now.toZonedDateTimeISO(termZone).toPlainDate()
    const unattested = used.filter((site) => !isAttested(site, today))
    const reviews = used.map(({ nextReview }) => nextReview.toString()).sort()
    return {
      holds: unlisted.length === 0 && unattested.length === 0,
      facts: {
        places: placed.length,
        sites: used.length,
        unlisted: unlisted.length,
        unattested: unattested.length,
        nextReview: reviews[0] ?? null,
        where: placed.map(({ name, site }) => `${name}: ${site?.id ?? 'nowhere'}`).join(', '),
        sitesFi: namesOf(used, 'fi'),
        sitesSv: namesOf(used, 'sv'),
        sitesEn: namesOf(used, 'en'),
        example: unlisted[0]?.name ?? unattested[0]?.id ?? null,
      },
    }
  },
  say(facts, now) {
    const { fi, sv, en } = wordsAt(now)
    const { nextReview } = facts
    return {
      fi: `Tiedot ovat lueteltuissa tiloissa (${facts.sitesFi || 'ei yhtään'}): ${fi.count(facts.places, 'säilytyspaikka', 'säilytyspaikkaa')}, luettelon ulkopuolella ${fi.number(facts.unlisted)}; tiloja, joiden kulunvalvonnan vahvistus ei ole voimassa, ${fi.number(facts.unattested)}${nextReview ? `, seuraava tarkistus ${fi.date(nextReview)}` : ''}.`,
      sv: `Uppgifterna finns i angivna utrymmen (${facts.sitesSv || 'inget'}): ${sv.count(facts.places, 'förvaringsplats', 'förvaringsplatser')}, varav ${sv.number(facts.unlisted)} utanför förteckningen; utrymmen vars intyg om passagekontroll inte gäller: ${sv.number(facts.unattested)}${nextReview ? `, nästa granskning ${sv.date(nextReview)}` : ''}.`,
      en: `The data are on listed sites (${facts.sitesEn || 'none'}): ${en.count(facts.places, 'place', 'places')}, ${en.number(facts.unlisted)} not listed; sites whose attestation of access control is not valid: ${en.number(facts.unattested)}${nextReview ? `, next review ${en.date(nextReview)}` : ''}.`,
    }
  },
}

function isAttested(site: StorageSite, today: Temporal.PlainDate): boolean {
  return (
    site.electronicAccessControl &&
    Temporal.PlainDate.compare(site.attestedOn, today) <= 0 &&
    Temporal.PlainDate.compare(today, site.nextReview) <= 0
  )
}

function namesOf(sites: readonly StorageSite[], language: keyof Trilingual): string {
  return sites.map(({ names }) => names[language]).join(', ')
}

/** The folders that the process was told of, and what the database says of itself. */
async function placesWithData({ db, places }: Looking): Promise<Found[]> {
  const folders = await Promise.all(places.filter(({ name }) => name !== 'database').map(lookAtFolder))
  const { server, tablespaces, replicas } = await askOne(
    db,
    sql<{ server: string | null; tablespaces: string[]; replicas: string[] }>`
      select host(inet_server_addr()) as server, standbys() as replicas,
        (select coalesce(array_agg(spcname::text), '{}') from pg_tablespace where spcname not in ('pg_default', 'pg_global')) as tablespaces`,
  )
  const told = places.find(({ name }) => name === 'database')
  const database = { elsewhere: server !== null && !isThisMachine(server), site: told?.site }
  return [
    ...folders,
    { name: 'database', ...database },
    ...tablespaces.map((name) => ({ name: `tablespace ${name}`, ...database })),
    // Where a replica's machine stands only the operator knows; the database's own site is not an answer.
    ...replicas.map((address) => ({ name: `replica ${address}`, elsewhere: true })),
  ]
}

async function lookAtFolder({ name, folder, site }: Place): Promise<Found> {
  return { name, elsewhere: await isOnNetworkDrive(folder), site }
}

function isThisMachine(address: string): boolean {
  return Object.values(networkInterfaces()).some((list) => list?.some((one) => one.address === address))
}
