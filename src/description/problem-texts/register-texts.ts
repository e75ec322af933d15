import { type ProblemText } from './problem-text.ts'

/** The register itself: its decision, its closed lists, terms, storage, disclosure, contacts and switches. */
export const registerTexts = {
  'decision.own': {
    message: {
      fi: 'Version laatija ja hyväksyjä ovat sama henkilö.',
      sv: 'Versionens upprättare och godkännare är samma person.',
      en: 'The version’s author and approver are the same person.',
    },
    remedy: {
      fi: 'Hyväksyjän on oltava toinen henkilö kuin laatijan.',
      sv: 'Godkännaren ska vara en annan person än upprättaren.',
      en: 'The approver must be another person than the author.',
    },
  },
  'register.data-subjects': {
    message: {
      fi: 'Rekisteröityjä ovat sekä soittajat että puheluihin vastaavat virkailijat.',
      sv: 'De registrerade är både de som ringer och de tjänstemän som besvarar samtalen.',
      en: 'The data subjects are both the callers and the officials who answer.',
    },
    remedy: {
      fi: 'Kirjoita molemmat, kummankin kerran: CALLERS ja ANSWERING_OFFICIALS.',
      sv: 'Skriv båda, var och en en gång: CALLERS och ANSWERING_OFFICIALS.',
      en: 'Write both, each once: CALLERS and ANSWERING_OFFICIALS.',
    },
  },
  'register.identification-data': {
    message: {
      fi: 'Puhelusta tallentuvat täsmälleen neljä tunnistetietoa; luettelo on suljettu.',
      sv: 'Av ett samtal sparas exakt fyra identifieringsuppgifter; förteckningen är sluten.',
      en: 'Exactly four identification data are stored of a call; the list is closed.',
    },
    remedy: {
      fi: 'Kirjoita nämä neljä, kukin kerran: {allowed}.',
      sv: 'Skriv dessa fyra, var och en en gång: {allowed}.',
      en: 'Write these four, each once: {allowed}.',
    },
  },
  'term.range': {
    message: {
      fi: 'Puhelutallenteita säilytetään vähintään 2 ja enintään 6 kuukautta.',
      sv: 'Samtalsinspelningar förvaras i minst 2 och högst 6 månader.',
      en: 'Call recordings are kept for at least 2 and at most 6 months.',
    },
    remedy: {
      fi: 'Valitse säilytysajaksi 2, 3, 4, 5 tai 6 täyttä kuukautta.',
      sv: 'Välj 2, 3, 4, 5 eller 6 hela månader som lagringstid.',
      en: 'Choose 2, 3, 4, 5 or 6 whole months.',
    },
  },
  'term.fixed': {
    message: {
      fi: 'Tämä säilytysaika on rekisterin kiinteä raja, {months} kuukautta.',
      sv: 'Denna lagringstid är registrets fasta gräns, {months} månader.',
      en: 'This term is a fixed limit of the register, {months} months.',
    },
    remedy: {
      fi: 'Palauta arvoksi {months}; säännön oma säilytysaika on recordingMonths.',
      sv: 'Återställ värdet {months}; regelns egen lagringstid är recordingMonths.',
      en: 'Put {months} back; a rule’s own term is recordingMonths.',
    },
  },
  'site.twice': {
    message: {
      fi: 'Kahdella säilytyspaikalla on sama tunnus {id}.',
      sv: 'Två förvaringsplatser har samma beteckning {id}.',
      en: 'Two storage sites have the same id {id}.',
    },
    remedy: {
      fi: 'Anna toiselle oma tunnus.',
      sv: 'Ge den ena en egen beteckning.',
      en: 'Give one of them an id of its own.',
    },
  },
  'site.no-access-control': {
    message: {
      fi: 'Säilytyspaikassa ei ole elektronista kulunvalvontaa.',
      sv: 'Förvaringsplatsen saknar elektronisk passagekontroll.',
      en: 'The storage site has no electronic access control.',
    },
    remedy: {
      fi: 'Tietoja säilytetään vain tilassa, jossa on elektroninen kulunvalvontajärjestelmä: poista paikka.',
      sv: 'Uppgifter förvaras bara i utrymmen med elektroniskt passagekontrollsystem: ta bort platsen.',
      en: 'Data are kept only in premises with an electronic access-control system: remove the site.',
    },
  },
  'site.attested-late': {
    message: {
      fi: 'Kulunvalvonta on todettu vasta {attested}, mutta versio tulee voimaan {effective}.',
      sv: 'Passagekontrollen har konstaterats först {attested}, men versionen träder i kraft {effective}.',
      en: 'The access control was attested only on {attested}, but the version comes into force on {effective}.',
    },
    remedy: {
      fi: 'Kirjaa toteamispäivä, joka on ennen voimaantuloa, tai siirrä voimaantuloa.',
      sv: 'Ange en dag före ikraftträdandet, eller flytta fram ikraftträdandet.',
      en: 'Give an attestation before the coming into force, or postpone that.',
    },
  },
  'site.review-due': {
    message: {
      fi: 'Kulunvalvonnan seuraava tarkistus {review} on ennen voimaantuloa {effective}.',
      sv: 'Passagekontrollens nästa granskning {review} är före ikraftträdandet {effective}.',
      en: 'The next review of the access control, {review}, is before the coming into force on {effective}.',
    },
    remedy: {
      fi: 'Tarkista säilytyspaikka uudelleen ja kirjaa uusi päivä.',
      sv: 'Granska förvaringsplatsen på nytt och ange en ny dag.',
      en: 'Review the storage site again and give a new day.',
    },
  },
  'site.review-before-attestation': {
    message: {
      fi: 'Seuraava tarkistus ei ole toteamispäivän jälkeen.',
      sv: 'Nästa granskning är inte efter dagen då passagekontrollen konstaterades.',
      en: 'The next review is not after the attestation.',
    },
    remedy: { fi: 'Anna myöhempi tarkistuspäivä.', sv: 'Ange en senare dag.', en: 'Give a later day of review.' },
  },
  'disclosure.no-provision': {
    message: {
      fi: 'Viranomaiselle voi luovuttaa vain säädöksen nojalla, mutta voimassa olevaa säädösperustetta ei ole {effective}.',
      sv: 'Till en myndighet kan uppgifter lämnas ut bara med stöd av lag, men ingen författningsgrund gäller {effective}.',
      en: 'Disclosure to an authority needs a statutory ground, and none is in force on {effective}.',
    },
    remedy: {
      fi: 'Lisää säädösperuste kohtaan provisions, tai merkitse authority: false.',
      sv: 'Lägg till en författningsgrund under provisions, eller ange authority: false.',
      en: 'Add a statutory ground to provisions, or write authority: false.',
    },
  },
  'disclosure.not-as-personal': {
    message: {
      fi: 'Pseudonymisoitu kopio on henkilötietoa: sen saa luovuttaa vain tutkimukseen ja vain henkilötietona käsiteltäväksi.',
      sv: 'En pseudonymiserad kopia är personuppgifter: den får lämnas ut bara till forskning och bara för behandling som personuppgifter.',
      en: 'A pseudonymised copy is personal data: it may leave only to research, and only to be treated as such.',
    },
    remedy: {
      fi: 'Merkitse research: true ja researchTreatAsPersonal: true, tai poista pseudonymised.',
      sv: 'Ange research: true och researchTreatAsPersonal: true, eller ta bort pseudonymised.',
      en: 'Write research: true and researchTreatAsPersonal: true, or take pseudonymised away.',
    },
  },
  'provision.twice': {
    message: {
      fi: 'Kahdella säädösperusteella on sama tunnus {id}.',
      sv: 'Två författningsgrunder har samma beteckning {id}.',
      en: 'Two statutory grounds have the same id {id}.',
    },
    remedy: {
      fi: 'Anna toiselle oma tunnus.',
      sv: 'Ge den ena en egen beteckning.',
      en: 'Give one of them an id of its own.',
    },
  },
  'time.end-before-begin': {
    message: {
      fi: 'Viimeinen päivä on ennen ensimmäistä.',
      sv: 'Den sista dagen är före den första.',
      en: 'The last day is before the first.',
    },
    remedy: {
      fi: 'Anna loppupäivä, joka ei ole ennen alkupäivää, tai poista loppupäivä.',
      sv: 'Ange en slutdag som inte är före begynnelsedagen, eller ta bort slutdagen.',
      en: 'Give an end that is not before the beginning, or remove it.',
    },
  },
  'contact.email': {
    message: {
      fi: '”{value}” ei ole sähköpostiosoite.',
      sv: '”{value}” är ingen e-postadress.',
      en: '“{value}” is not an email address.',
    },
    remedy: {
      fi: 'Kirjoita osoite muodossa nimi@organisaatio.fi.',
      sv: 'Skriv adressen i formen namn@organisation.fi.',
      en: 'Write an address such as name@organisation.fi.',
    },
  },
  'contact.phone': {
    message: {
      fi: '”{value}” ei ole puhelinnumero.',
      sv: '”{value}” är inget telefonnummer.',
      en: '“{value}” is not a telephone number.',
    },
    remedy: {
      fi: 'Kirjoita numero suuntanumeroineen: 029 512 000.',
      sv: 'Skriv numret med riktnummer: 029 512 000.',
      en: 'Write the number with its area code: 029 512 000.',
    },
  },
  'contact.officer-missing': {
    message: {
      fi: 'Tietosuojaselosteesta puuttuu tietosuojavastaava.',
      sv: 'Dataskyddsombudet saknas i dataskyddsbeskrivningen.',
      en: 'The privacy notice names no data protection officer.',
    },
    remedy: {
      fi: 'Lisää dataProtectionOfficer (osoite, sähköposti, puhelin), tai valitse profile: seed.',
      sv: 'Lägg till dataProtectionOfficer (adress, e-post, telefon), eller välj profile: seed.',
      en: 'Add dataProtectionOfficer (address, email, phone), or choose profile: seed.',
    },
  },
  'switch.log-too-short': {
    message: {
      fi: 'Lokia säilytettäisiin lyhyemmän ajan kuin valvonta edellyttää.',
      sv: 'Loggen skulle bevaras kortare tid än övervakningen kräver.',
      en: 'The log would be kept for less time than its supervision needs.',
    },
    remedy: {
      fi: 'Anna vähintään {months} kuukautta tai jätä raja pois (null).',
      sv: 'Ange minst {months} månader, eller utelämna gränsen (null).',
      en: 'Give {months} months at least, or leave the limit out (null).',
    },
  },
  'switch.not-available': {
    message: {
      fi: 'Ohjelman tämä versio ei vielä tee tätä, joten seloste ei voi luvata sitä.',
      sv: 'Den här versionen av programmet gör inte detta ännu, så beskrivningen kan inte lova det.',
      en: 'This version of the program does not do this yet, so the description cannot promise it.',
    },
    remedy: {
      fi: 'Jätä arvoksi {default}.',
      sv: 'Låt värdet vara {default}.',
      en: 'Leave it {default}.',
    },
  },
} as const satisfies Record<string, ProblemText>
