import { type ProblemText } from './problem-text.ts'

/** The recording plan: rules, announcements, the cooperation procedure. */
export const planTexts = {
  'plan.all-calls': {
    message: {
      fi: 'Kaikki puhelut: näillä säännöillä tallennettaisiin jokaisen palvelunumeron kaikki puhelut {at}.',
      sv: 'Alla samtal: med dessa regler skulle alla samtal till varje servicenummer spelas in {at}.',
      en: 'All calls: under these rules every call to every service number would be recorded on {at}.',
    },
    remedy: {
      fi: 'Vain osa puheluista tallennetaan: pienennä otantaa vähintään yhdessä numerossa alle {percent} %:n.',
      sv: 'Bara en del av samtalen spelas in: minska urvalet för minst ett nummer till under {percent} %.',
      en: 'Only some calls are recorded: bring the share of at least one number below {percent}%.',
    },
  },
  'share.range': {
    message: {
      fi: 'Otantaosuus on luku nollasta yhteen.',
      sv: 'Urvalsandelen är ett tal mellan noll och ett.',
      en: 'A share is a number from zero to one.',
    },
    remedy: {
      fi: 'Kirjoita 10 prosenttia näin: 0.1.',
      sv: 'Skriv 10 procent så här: 0.1.',
      en: 'Write 10 per cent as 0.1.',
    },
  },
  'rule.twice': {
    message: {
      fi: 'Säännöstä {rule} on kaksi kuvausta, joilla on sama versio {version}.',
      sv: 'Regeln {rule} har två beskrivningar med samma version {version}.',
      en: 'The rule {rule} is described twice as version {version}.',
    },
    remedy: {
      fi: 'Anna toiselle oma tunnus tai seuraava versionumero.',
      sv: 'Ge den ena en egen beteckning eller nästa versionsnummer.',
      en: 'Give one of them an id of its own, or the next version.',
    },
  },
  'rule.unknown-number': {
    message: {
      fi: 'Numero {number} ei ole numeroluettelossa.',
      sv: 'Numret {number} finns inte i nummerförteckningen.',
      en: 'The number {number} is not in the list of numbers.',
    },
    remedy: {
      fi: 'Lisää se kohtaan numbers, tai poista se tästä.',
      sv: 'Lägg till det under numbers, eller ta bort det härifrån.',
      en: 'Add it to numbers, or remove it here.',
    },
  },
  'rule.switchboard': {
    message: {
      fi: 'Numero {number} on puhelinvaihteen numero: vaihteen puheluita ei tallenneta koskaan.',
      sv: 'Numret {number} är ett växelnummer: växelns samtal spelas aldrig in.',
      en: 'The number {number} is a switchboard number: its calls are never recorded.',
    },
    remedy: {
      fi: 'Poista numero säännöstä, tai rajaa sääntö aikaan, jolloin numero on palvelunumero.',
      sv: 'Ta bort numret ur regeln, eller begränsa regeln till den tid då numret är ett servicenummer.',
      en: 'Remove the number from the rule, or limit the rule to the time when it is a service number.',
    },
  },
  'rule.number-twice': {
    message: {
      fi: 'Numero {number} on mainittu kahteen kertaan.',
      sv: 'Numret {number} har nämnts två gånger.',
      en: 'The number {number} is named twice.',
    },
    remedy: { fi: 'Poista toinen.', sv: 'Ta bort det ena.', en: 'Remove one of them.' },
  },
  'rule.overlap': {
    message: {
      fi: 'Numeroa {number} koskee samaan aikaan toinenkin sääntö: {rule}, versio {version}.',
      sv: 'Numret {number} omfattas samtidigt av en annan regel: {rule}, version {version}.',
      en: 'The number {number} is under another rule at the same time: {rule}, version {version}.',
    },
    remedy: {
      fi: 'Puhelun ratkaisee yksi sääntö: poista numero toisesta, tai erota säännöt ajan tai viikonpäivien mukaan.',
      sv: 'Ett samtal avgörs av en regel: ta bort numret ur den ena, eller skilj reglerna åt efter tid eller veckodag.',
      en: 'One rule decides a call: remove the number from one of them, or part the rules by time or weekday.',
    },
  },
  'rule.full-without-end': {
    message: {
      fi: 'Numeron kaikki puhelut voi tallentaa vain määräajan.',
      sv: 'Alla samtal till ett nummer kan spelas in bara för viss tid.',
      en: 'Every call to a number can be recorded only for a limited time.',
    },
    remedy: {
      fi: 'Lisää viimeinen päivä (until), tai pienennä otantaa alle {percent} %:n.',
      sv: 'Lägg till en sista dag (until), eller minska urvalet till under {percent} %.',
      en: 'Add a last day (until), or bring the share below {percent}%.',
    },
  },
  'rule.full-without-justification': {
    message: {
      fi: 'Numeron kaikkien puhelujen tallentaminen on perusteltava.',
      sv: 'Att alla samtal till ett nummer spelas in ska motiveras.',
      en: 'Recording every call to a number needs a justification.',
    },
    remedy: {
      fi: 'Lisää perustelu (justification), tai pienennä otantaa alle {percent} %:n.',
      sv: 'Lägg till en motivering (justification), eller minska urvalet till under {percent} %.',
      en: 'Add a justification, or bring the share below {percent}%.',
    },
  },
  'rule.hours-backwards': {
    message: {
      fi: 'Kellonaika päättyy ennen kuin alkaa.',
      sv: 'Tiden slutar innan den börjar.',
      en: 'The hours end before they begin.',
    },
    remedy: {
      fi: 'Anna myöhempi loppuaika; vuorokauden loppu on 24:00, ja yön yli tarvitaan kaksi sääntöä.',
      sv: 'Ange en senare sluttid; dygnets slut är 24:00, och över natten behövs två regler.',
      en: 'Give a later end; the end of the day is 24:00, and a night needs two rules.',
    },
  },
  'rule.day-twice': {
    message: {
      fi: 'Viikonpäivä {day} on mainittu kahteen kertaan.',
      sv: 'Veckodagen {day} har nämnts två gånger.',
      en: 'The weekday {day} is named twice.',
    },
    remedy: { fi: 'Poista toinen.', sv: 'Ta bort den ena.', en: 'Remove one of them.' },
  },
  'rule.quota-of-nothing': {
    message: {
      fi: 'Kiintiö rajaa tallenteita, mutta sääntö ei tallenna mitään (otanta 0).',
      sv: 'Kvoten begränsar inspelningarna, men regeln spelar inte in något (urval 0).',
      en: 'The quota limits recordings, but the rule records nothing (share 0).',
    },
    remedy: {
      fi: 'Poista kiintiö, tai anna nollaa suurempi otanta.',
      sv: 'Ta bort kvoten, eller ange ett urval som är större än noll.',
      en: 'Remove the quota, or give a share above zero.',
    },
  },
  'announcement.missing': {
    message: {
      fi: 'Numerolta {number} puuttuu tallennusilmoitus: {languages}.',
      sv: 'Numret {number} saknar inspelningsmeddelande: {languages}.',
      en: 'The number {number} has no recording announcement: {languages}.',
    },
    remedy: {
      fi: 'Lisää numerolle ilmoitus suomeksi ja ruotsiksi kohtaan announcements; ilman sitä ei tallenneta.',
      sv: 'Lägg till ett meddelande på finska och svenska för numret under announcements; utan det spelas inget in.',
      en: 'Add an announcement in Finnish and Swedish for the number to announcements; without it nothing is recorded.',
    },
  },
  'announcement.twice': {
    message: {
      fi: 'Kahdella tallennusilmoituksella on sama tunnus {id}.',
      sv: 'Två inspelningsmeddelanden har samma beteckning {id}.',
      en: 'Two recording announcements have the same id {id}.',
    },
    remedy: {
      fi: 'Anna toiselle oma tunnus.',
      sv: 'Ge det ena en egen beteckning.',
      en: 'Give one of them an id of its own.',
    },
  },
  'announcement.empty': {
    message: {
      fi: 'Tallennusilmoituksessa ei ole tekstiä millään kielellä.',
      sv: 'Inspelningsmeddelandet har ingen text på något språk.',
      en: 'The recording announcement has no text in any language.',
    },
    remedy: {
      fi: 'Lisää teksti suomeksi (fi) ja ruotsiksi (sv).',
      sv: 'Lägg till en text på finska (fi) och svenska (sv).',
      en: 'Add a text in Finnish (fi) and Swedish (sv).',
    },
  },
  'cooperation.missing': {
    message: {
      fi: 'Yhteistoimintamenettelyn päätös virkailijoiden puhelujen tallentamisesta puuttuu.',
      sv: 'Samarbetsförfarandets beslut om inspelning av tjänstemännens samtal saknas.',
      en: 'The decision of the cooperation procedure about recording officials’ calls is missing.',
    },
    remedy: {
      fi: 'Lisää cooperation (päivä ja asiakirja); ilman sitä mikään sääntö ei voi olla voimassa.',
      sv: 'Lägg till cooperation (dag och handling); utan det kan ingen regel gälla.',
      en: 'Add cooperation (day and document); without it no rule can be in force.',
    },
  },
  'cooperation.late': {
    message: {
      fi: 'Yhteistoimintamenettelyn päätös {decided} on voimaantulon {effective} jälkeen.',
      sv: 'Samarbetsförfarandets beslut {decided} är efter ikraftträdandet {effective}.',
      en: 'The cooperation decision of {decided} is later than the coming into force on {effective}.',
    },
    remedy: {
      fi: 'Päätös tehdään ennen tallentamista: siirrä voimaantuloa.',
      sv: 'Beslutet fattas före inspelningen: flytta fram ikraftträdandet.',
      en: 'The decision comes before recording: postpone the coming into force.',
    },
  },
} as const satisfies Record<string, ProblemText>
