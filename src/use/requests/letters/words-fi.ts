import type { LetterWords } from './words.ts'

export const finnishWords: LetterWords = {
  date: 'Päivämäärä',
  number: 'Pyynnön numero',
  asked: {
    KNOW: 'tieto siitä, onko puhelu tallennettu',
    LISTEN: 'tallennetun puhelun kuunteleminen',
    HISTORY: 'puhelun kontaktihistoria',
    PROHIBIT: 'tallenteen käytön kieltäminen',
    ERASURE: 'tietojen poistaminen',
    OBJECTION: 'käsittelyn vastustaminen',
    RESTRICTION: 'käsittelyn rajoittaminen',
    COPY: 'jäljennös tallenteesta',
    RECTIFY: 'tietojen oikaiseminen',
    LOG_EXTRACT: 'tieto siitä, milloin ja mihin puhelun tietoja on käytetty',
    MENTIONED: 'tiedot, joita puhelussa on kerrottu pyynnön esittäjästä',
    OPENNESS: 'viranomaisen asiakirja',
  },
  handling: (due) => [
    `Pyyntöön vastataan viimeistään ${due}. Jos aikaa tarvitaan lisää, siitä ja sen syystä kerrotaan ennen määräpäivää (yleinen tietosuoja-asetus, 12 artiklan 3 kohta). Vastaus on maksuton.`,
    'Ennen vastaamista on varmistettava, kuka pyynnön on esittänyt. Puhelusta kerrotaan vain sille, joka on puhelun osapuoli. Henkilötunnusta ei tarvita eikä tallenneta.',
  ],
  handlingDocument: (due) => [
    `Asiakirjaa koskeva pyyntö ratkaistaan viimeistään ${due} (laki viranomaisten toiminnan julkisuudesta 621/1999, 14 §).`,
  ],
  extension: {
    COMPLEX: 'Pyynnön selvittäminen on niin laajaa, ettei siihen voi vastata kuukaudessa.',
    MANY: 'Pyyntöjä on niin paljon, ettei niihin kaikkiin voi vastata kuukaudessa.',
  },
  extensionLaw:
    'Rekisterinpitäjä voi tällöin pidentää vastausaikaa enintään kahdella kuukaudella (yleinen tietosuoja-asetus, 12 artiklan 3 kohta).',
  extensionDocument:
    'Asian ratkaiseminen vaatii erityistoimenpiteitä tai tavanomaista suuremman työmäärän. Tällöin asia ratkaistaan viimeistään kuukauden kuluessa (laki viranomaisten toiminnan julkisuudesta 621/1999, 14 §).',
  grounds: {
    IDENTITY: [
      'Pyynnön esittäjän henkilöllisyyttä ei ole voitu varmistaa. Puhelun tietoja voidaan antaa vain sille, jonka henkilöllisyys on varmistettu (yleinen tietosuoja-asetus, 12 artiklan 6 kohta).',
      'Pyynnön voi esittää uudelleen, kun henkilöllisyyden voi osoittaa esimerkiksi passilla, henkilökortilla, ajokortilla tai vahvalla sähköisellä tunnistautumisella.',
    ],
    NO_CALL: [
      'Annettujen tietojen perusteella ei ole voitu osoittaa, mikä puhelu on pyynnön esittäjän oma. Muiden puheluista ei kerrota mitään, ei myöskään sitä, onko niitä tai onko niitä tallennettu (yleinen tietosuoja-asetus, 11 artikla ja 12 artiklan 6 kohta).',
      'Pyynnön voi esittää uudelleen, jos puhelusta tiedetään tarkempi aika, soittajan numero, palvelunumero, puhelun kesto tai virkailijan nimi.',
    ],
    EXCESSIVE: [
      'Pyyntö on ilmeisen perusteeton tai kohtuuton, erityisesti siksi, että sama pyyntö on esitetty toistuvasti (yleinen tietosuoja-asetus, 12 artiklan 5 kohta).',
    ],
    NEEDED: [
      'Puhelun tietoja kontaktihistoriassa tarvitaan rekisterinpitäjän lakisääteiseen tehtävään. Siksi niitä ei poisteta ennen kuin niiden säilytysaika päättyy (yleinen tietosuoja-asetus, 17 artiklan 3 kohdan b alakohta ja 21 artiklan 1 kohta).',
      'Tallenteen käytön voi silti kieltää. Syytä ei tarvitse kertoa. Silloin tallenne tuhotaan.',
    ],
    NO_REASON: [
      'Käsittelyä rajoitetaan, jos tietojen paikkansapitävyys kiistetään, käsittely on lainvastaista, tietoja tarvitaan oikeusvaateen hoitamiseen tai käsittelyä on vastustettu (yleinen tietosuoja-asetus, 18 artiklan 1 kohta). Pyynnöstä ei käy ilmi, että jokin näistä syistä olisi olemassa.',
      'Pyynnön voi esittää uudelleen, kun syyn voi kertoa. Tallenteen käytön voi kieltää ilman syytä.',
    ],
    RESTRICTED: [
      'Tietoja ei voida antaa, koska laki rajoittaa oikeutta saada ne (tietosuojalaki 1050/2018, 34 §).',
      'Rekisteröidyn pyynnöstä tiedot annetaan tietosuojavaltuutetulle (tietosuojalaki, 34 §).',
    ],
  },
  toldCall: (day, time) => `Puhelu, jonka on kerrottu olleen ${day}${time === undefined ? '' : ` noin klo ${time}`}`,
  untoldCall: 'Puhelu, josta pyynnössä on kerrottu',
  notShown:
    'Annettujen tietojen perusteella ei ole voitu osoittaa, mikä puhelu on pyynnön esittäjän oma. Siksi puhelusta ei voi kertoa mitään, ei myöskään sitä, onko sitä tai onko se tallennettu.',
  call: (at) => `Puhelu ${at}`,
  historyOver: 'Puhelun tiedot on poistettu kontaktihistoriasta, koska niiden säilytysaika on päättynyt.',
  historyEnds: (day) => `Nämä tiedot poistetaan kontaktihistoriasta ${day}.`,
  part: (number) => `Puhelun osuus ${number}`,
  unanswered: 'Puheluun ei vastattu, joten sitä ei ole tallennettu.',
  recorded: (latest) =>
    `Puhelu on tallennettu.${latest === undefined ? '' : ` Tallenne tuhotaan viimeistään ${latest}.`}`,
  notRecorded: 'Puhelua ei ole tallennettu.',
  destroyed: (day) => `Puhelu tallennettiin, mutta tallenne on tuhottu ${day}.`,
  destroying:
    'Puhelu tallennettiin, mutta tallenteen käyttö on kielletty. Tallennetta ei voi enää kuunnella, ja se tuhotaan.',
  causes: {
    retention: 'Syy: säilytysaika päättyi.',
    caller: 'Syy: soittaja kielsi tallenteen käytön.',
    official: 'Syy: puheluun vastannut virkailija kielsi tallenteen käytön.',
    trimming: 'Syy: tallenne ulottui puhelun ulkopuolelle, joten se poistettiin.',
  },
  labels: {
    start: 'Puhelun aloitusaika',
    end: 'Puhelun lopetusaika',
    caller: 'Soittajan numero',
    service: 'Palvelunumero',
    official: 'Virkailijan nimi',
    officialPhone: 'Virkailijan puhelinnumero',
    answered: 'Virkailija vastasi',
    partEnd: 'Osuus päättyi',
    recording: 'Tallenne',
  },
  withheld: 'numero ei näy',
  numberUnknown: 'numero ei ole tiedossa',
  listenTitle: 'Kuunteleminen',
  nextTitle: 'Tallenteen kuunteleminen ja käytön kieltäminen',
  listen:
    'Tallenteen voi kuunnella erikseen sovitussa toimipisteessä. Aika sovitaan ennen kuin tallenne tuhotaan, ja vaihtoehtoja tarjotaan useita.',
  booked: 'Tallenteen kuuntelemiseen on varattu aika:',
  nothingToHear: 'Kuunneltavaa tallennetta ei ole, joten kuunteluaikaa ei voi sopia.',
  mayForbid:
    'Tallenteen käytön asiakaspalvelun kehittämiseen voi kieltää. Syytä ei tarvitse kertoa. Silloin tallenne tuhotaan heti.',
  mayCopy: 'Tallenteesta voi pyytää myös jäljennöksen.',
  executed: (day) => `Tallenne on tuhottu ${day}. Sitä ei voi palauttaa.`,
  blocked:
    'Tallenteen käyttö asiakaspalvelun kehittämiseen on estetty. Tallenne tuhotaan heti, kun se on mahdollista, ja tuhoamisesta lähetetään kirje.',
  restricted: (latest) =>
    `Tallenteen käsittelyä on rajoitettu.${latest === undefined ? '' : ` Tallenne tuhotaan viimeistään ${latest}, kun sen säilytysaika päättyy.`}`,
  restrictionEnds: (latest) =>
    `Tallenteen käsittelyn rajoitus päättyy.${latest === undefined ? '' : ` Tallenne tuhotaan viimeistään ${latest}.`}`,
  looks: {
    shown: 'tiedot näytettiin hakutuloksessa',
    watched: 'tiedot näytettiin puhelun aikana',
    read: 'tiedot avattiin',
    revealed: 'soittajan numero näytettiin',
    listened: 'tallennetta kuunneltiin',
  },
  look: (at, what, role, purpose) => `${at}: ${what}. Rooli: ${role}. Käyttötarkoitus: ${purpose}.`,
  noLooks: 'Puhelun tietoja ei ole käytetty.',
  appointment: { when: 'Aika', office: 'Toimipiste', address: 'Osoite', needs: 'Varattu' },
  appointmentTime: (day, from, until) => `${day} klo ${from}–${until}`,
  needs: {
    INTERPRETER: 'tulkki',
    TRANSCRIPT: 'puhelu kirjallisena',
    STEP_FREE: 'esteetön kulku',
    HEARING_LOOP: 'induktiosilmukka',
  },
  interpreter: (language) => `tulkki, kieli: ${language}`,
  copy: (at) => `Jäljennös puhelusta ${at}`,
  copyMethods: {
    PASSPHRASE: 'Tiedosto on salattu salalauseella, joka kerrotaan erikseen.',
    KEY: 'Tiedosto on salattu pyynnön esittäjän omalla avaimella.',
  },
  copyUntil: (at) => `Sen voi noutaa yhden kerran viimeistään ${at}.`,
  corrected: (was, becomes) =>
    was === null
      ? `Puheluun vastanneeksi virkailijaksi on oikaistu ${becomes}.`
      : `Puheluun vastanneeksi virkailijaksi oli merkitty ${was}. Tieto on oikaistu: puheluun vastasi ${becomes}.`,
  notCorrected: (becomes) =>
    `Tietoa ei ole oikaistu. Selvityksen mukaan puheluun ei vastannut ${becomes}, joten tieto on oikea sellaisena kuin se on.`,
  decision: {
    SECRET: ['Pyydettyä asiakirjaa ei anneta, koska se on salassa pidettävä.'],
    REFERRED: ['Pyydetty asiakirja voidaan antaa. Sen antamisesta sovitaan erikseen.'],
  },
  decidedBy: (day, name) => `Päätöksen on tehnyt ${name} ${day}.`,
  appealTitle: 'Valitusosoitus',
  appeal: [
    'Päätökseen saa hakea muutosta valittamalla siihen hallinto-oikeuteen, jonka tuomiopiirissä valittajan kotikunta on. Jos kotikuntaa Suomessa ei ole, valitus tehdään Helsingin hallinto-oikeuteen (laki viranomaisten toiminnan julkisuudesta 621/1999, 33 §; laki oikeudenkäynnistä hallintoasioissa 808/2019).',
    'Valitus on tehtävä 30 päivän kuluessa siitä, kun päätös on saatu tiedoksi. Tiedoksisaantipäivää ei lasketa mukaan. Tavallisena kirjeenä lähetetty päätös katsotaan saaduksi tiedoksi seitsemäntenä päivänä lähettämisestä, jollei muuta näytetä.',
  ],
  appealItems: {
    lead: 'Valituksessa on kerrottava:',
    items: [
      'valittajan nimi ja yhteystiedot',
      'päätös, johon haetaan muutosta',
      'mitä muutoksia päätökseen vaaditaan',
      'vaatimusten perustelut',
      'mihin valitusoikeus perustuu, jos päätös ei kohdistu valittajaan.',
    ],
  },
  appealEnd: [
    'Valitukseen on liitettävä tämä päätös valitusosoituksineen ja selvitys siitä, milloin päätös on saatu tiedoksi. Oikeudenkäynnistä voidaan periä maksu (tuomioistuinmaksulaki 1455/2015).',
  ],
  complaint: [
    'Jos henkilötietoja on käsitelty lain vastaisesti, asian voi saattaa tietosuojavaltuutetun käsiteltäväksi (tietosuojalaki 1050/2018, 21 §; yleinen tietosuoja-asetus, 77 artikla). Oikeus hakea oikeussuojaa tuomioistuimesta säilyy (79 artikla).',
  ],
  ombudsman:
    'Tietosuojavaltuutetun toimisto, PL 800, 00531 Helsinki, tietosuoja@om.fi, puhelinvaihde 029\u00a0566\u00a06700, tietosuoja.fi',
  handler: (name) => `Asiaa hoitaa ${name}.`,
  switchboard: (number) => `puhelinvaihde ${number}`,
}
