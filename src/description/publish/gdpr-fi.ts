import { dayText } from '../tell-values.ts'
import type { GdprWords } from './gdpr-words.ts'
import { lawsOf } from './grounds.ts'

export const gdprFi: GdprWords = {
  subtitle: 'Tietosuojaseloste: EU:n yleisen tietosuoja-asetuksen (2016/679) 13 ja 14 artiklan mukaiset tiedot',
  headings: {
    controller: 'Rekisterinpitäjä',
    purposes: 'Käsittelyn tarkoitukset ja oikeusperuste',
    data: 'Rekisteröityjen ryhmät ja henkilötiedot',
    recipients: 'Tietojen luovuttaminen',
    retention: 'Säilytysajat',
    protection: 'Tietojen suojaaminen ja käyttöoikeudet',
    rights: 'Rekisteröidyn oikeudet',
    officials: 'Virkailijoiden puheluiden tallentaminen',
  },
  labels: {
    register: 'Rekisteri',
    controller: 'Rekisterinpitäjä',
    visitingAddress: 'Käyntiosoite',
    switchboard: 'Puhelinvaihde',
    officer: 'Tietosuojavastaava',
    phone: 'Puhelin',
    dataSubjects: 'Rekisteröidyt',
  },
  purposeHead: ['Tarkoitus', 'Oikeusperuste', 'Tiedot'],
  dataSets: { history: 'kontaktihistoria', recordings: 'tallenteet' },
  added({ description, uses, withinEea }) {
    const { controller, rights, recordingPlan, storage, disclosure, switches, effectiveFrom } = description
    const { cooperation } = recordingPlan
    const laws = lawsOf(disclosure.provisions, effectiveFrom, 'fi')
    return {
      'L2-source':
        'Tiedot syntyvät puhelinjärjestelmässä puhelun aikana; virkailijan nimi ja puhelinnumero tulevat rekisterinpitäjän henkilöhakemistosta.',
      'L2-number': 'Soittajan ei ole pakko antaa puhelinnumeroaan: numeron näkymisen voi estää.',
      'L2-complaint':
        'Rekisteröity voi valittaa valvontaviranomaiselle, jos hän katsoo, että hänen henkilötietojensa käsittelyssä rikotaan lakia: tietosuojavaltuutetun toimisto, www.tietosuoja.fi.',
      'L2-evaluations': uses('QUALITY')
        ? 'Laadun arvioinnissa puhelusta kirjoitettu poistetaan viimeistään tallenteen mukana; ryhmän tuloksiin jäävistä pisteistä ei näy, kenen puheluita ne koskivat. Tieto siitä, mitkä tallenteet olivat ehdolla arvioitaviksi, poistetaan kahdeksan kuukauden kuluttua.'
        : undefined,
      'L2-training': uses('TRAINING')
        ? 'Koulutustilaisuuden osallistujaluettelo poistetaan 14 kuukauden kuluttua tilaisuuden päättymisestä.'
        : undefined,
      'L2-counts':
        'Puhelujen määriä lasketaan tunneittain, numeroittain ja yksiköittäin. Neljäntoista kuukauden jälkeen määristä jäävät kuukausi ja numero viiden tarkkuudella.',
      L3: 'Ennen kuin virkailija vastaa, soittaja kuulee tiedotteen:',
      'L7-rights':
        'Rekisteröidyllä on oikeus saada pääsy tietoihinsa ja pyytää virheellisten tietojen oikaisemista (tietosuoja-asetuksen 15 ja 16 artikla). Tallenteen poistaminen ja sen käsittelyn vastustaminen toteutetaan kieltämällä tallenteen käyttö: perusteluja ei kysytä, ja tallenne tuhotaan; jos jokin estää sen toistaiseksi, tallennetta käytetään siihen asti vain tähän tarkoitukseen (17 ja 21 artikla). Rekisteröity voi myös pyytää, että tallenteen käsittelyä rajoitetaan: rajoitus on voimassa, kunnes siitä päätetään, enintään säilytysajan, ja sen päättymisestä kerrotaan etukäteen kirjeellä (18 artikla). Tallenteen käsittely on rajoitettu myös silloin, kun sen vastustaminen on käsiteltävänä. Kontaktihistorian tiedot poistetaan, kun niiden säilytysaika päättyy.',
      'L7-time':
        'Pyyntöön vastataan maksutta kuukauden kuluessa; jos pyyntö on monimutkainen, aikaa voidaan jatkaa enintään kahdella kuukaudella (12 artikla).',
      'L7-where': `Pyynnöt osoitetaan yksikölle: ${rights.unit.fi}, ${controller.postalAddress.fi}.`,
      'L10-portability':
        'Oikeus siirtää tiedot järjestelmästä toiseen koskee vain tietoja, joiden käsittely perustuu suostumukseen tai sopimukseen (20 artikla).',
      'L10-automatic': 'Tietojen perusteella ei tehdä automaattisia päätöksiä eikä profilointia (22 artikla).',
      L11: 'Pyynnöstä annetaan tieto siitä, milloin ja mihin tarkoitukseen puhelun tietoja on katseltu tai tallennetta kuunneltu; katselijan nimeä ei kerrota.',
      'L16-procedure':
        cooperation &&
        `Puheluiden tallentaminen on käsitelty yhteistoimintamenettelyssä ${dayText(cooperation.decidedOn).fi} (${cooperation.document}).`,
      'L16-consent':
        switches.officialConsent === 'required'
          ? 'Puheluita tallennetaan vain niiltä virkailijoilta, jotka ovat suostuneet siihen; suostumuksen voi peruuttaa milloin tahansa, eikä peruuttaminen vaikuta sitä ennen tehtyyn käsittelyyn.'
          : undefined,
      L19: 'Tietojen jokaisesta katselusta ja kuuntelusta jää merkintä lokiin.',
      L26: withinEea ? 'Tietoja ei siirretä Euroopan talousalueen ulkopuolelle.' : undefined,
      L28: `Varmuuskopioita säilytetään enintään ${storage.backupDays} päivää. Hävitetyn tallenteen avain hävitetään myös jokaisesta kopiosta, eikä hävitetty palaa varmuuskopiosta.`,
      L36: disclosure.authority && laws ? `Luovuttaminen viranomaiselle perustuu lakiin: ${laws}.` : undefined,
    }
  },
}
