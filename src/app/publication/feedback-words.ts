import type { Language } from '#description/closed-lists.ts'

export interface FeedbackWords {
  title: string
  lead: string
  message: string
  messageHint: string
  place: string
  placeHint: string
  email: string
  emailHint: string
  optional: string
  privacy: string
  send: string
  problemsTitle: string
  messageMissing: string
  tooLong: (limit: number, length: number) => string
  notAnEmail: string
  errorPrefix: string
  receivedTitle: string
  received: (by: string) => string
  fullTitle: string
  full: string
  toStatement: string
  listTitle: string
  listLead: (waiting: number) => string
  none: string
  receivedAt: string
  dueBy: string
  overdue: string
  about: string
  writer: string
  noAddress: string
  answeredAt: string
  answer: string
  answerLabel: string
  answerHint: string
  answerMissing: string
  note: string
  goneTitle: string
  gone: string
  signInTitle: string
  signIn: string
  deniedTitle: string
  denied: string
}

export const feedbackWords: Record<Language, FeedbackWords> = {
  fi: {
    title: 'Saavutettavuuspalaute',
    lead: 'Kerro, mikä palvelussa on vaikeaa tai mahdotonta käyttää. Vastaamme 14 päivän kuluessa.',
    message: 'Viesti',
    messageHint: 'Mitä olit tekemässä ja mikä ei onnistunut? Älä kirjoita tähän henkilötunnusta tai verotusasioita.',
    place: 'Sivu tai kohta, jota palaute koskee',
    placeHint: 'Esimerkiksi sivun otsikko tai osoite.',
    email: 'Sähköpostiosoite',
    emailHint: 'Tarvitsemme sen, jos haluat vastauksen.',
    optional: 'ei pakollinen',
    privacy:
      'Viestiä ja osoitetta käytetään vain vastaamiseen ja palvelun korjaamiseen. Ne poistetaan vuoden kuluttua vastauksesta.',
    send: 'Lähetä palaute',
    problemsTitle: 'Palautetta ei vielä lähetetty',
    messageMissing: 'Kirjoita viesti.',
    tooLong: (limit, length) => `Lyhennä tekstiä: siinä on ${length} merkkiä, ja tilaa on ${limit} merkille.`,
    notAnEmail: 'Tarkista sähköpostiosoite: sen pitäisi olla muotoa nimi@esimerkki.fi. Voit myös jättää sen pois.',
    errorPrefix: 'Virhe:',
    receivedTitle: 'Kiitos palautteesta',
    received: (by) => `Palaute on vastaanotettu. Vastaamme viimeistään ${by}, jos annoit sähköpostiosoitteen.`,
    fullTitle: 'Palautetta ei voitu ottaa vastaan',
    full: 'Palautetta on tullut niin paljon, että lomake on suljettu. Lähetä palaute sähköpostilla: osoite on saavutettavuusselosteessa.',
    toStatement: 'Saavutettavuusseloste',
    listTitle: 'Saavutettavuuspalautteet',
    listLead: (waiting) =>
      waiting === 0
        ? 'Kaikkiin palautteisiin on vastattu.'
        : waiting === 1
          ? 'Vastausta odottaa 1 palaute.'
          : `Vastausta odottaa ${waiting} palautetta.`,
    none: 'Palautteita ei ole.',
    receivedAt: 'Saapunut',
    dueBy: 'Vastattava viimeistään',
    overdue: 'Myöhässä',
    about: 'Koskee',
    writer: 'Vastausosoite',
    noAddress: 'Ei annettu; vastausta ei voi lähettää.',
    answeredAt: 'Vastattu',
    answer: 'Vastaus',
    answerLabel: 'Mitä vastattiin tai tehtiin',
    answerHint: 'Lähetä vastaus itse sähköpostilla; tähän jää merkintä siitä.',
    answerMissing: 'Kirjoita, mitä vastattiin tai tehtiin.',
    note: 'Merkitse vastatuksi',
    goneTitle: 'Palautteeseen on jo vastattu',
    gone: 'Joku muu on merkinnyt palautteen vastatuksi, tai sitä ei enää ole. Merkintää ei tallennettu.',
    signInTitle: 'Kirjaudu sisään',
    signIn: 'Palautteet näkee vain pääkäyttäjä. Kirjaudu sisään ja avaa sivu uudelleen.',
    deniedTitle: 'Sivu on vain pääkäyttäjälle',
    denied: 'Käyttöoikeutesi eivät riitä palautteiden lukemiseen.',
  },
  sv: {
    title: 'Respons om tillgängligheten',
    lead: 'Berätta vad som är svårt eller omöjligt att använda i tjänsten. Vi svarar inom 14 dagar.',
    message: 'Meddelande',
    messageHint: 'Vad höll du på med och vad lyckades inte? Skriv ingen personbeteckning och inga skatteärenden här.',
    place: 'Sida eller ställe som responsen gäller',
    placeHint: 'Till exempel sidans rubrik eller adress.',
    email: 'E-postadress',
    emailHint: 'Vi behöver den om du vill ha ett svar.',
    optional: 'frivillig',
    privacy:
      'Meddelandet och adressen används bara för att svara och för att rätta tjänsten. De raderas ett år efter svaret.',
    send: 'Skicka responsen',
    problemsTitle: 'Responsen har inte skickats ännu',
    messageMissing: 'Skriv ett meddelande.',
    tooLong: (limit, length) => `Förkorta texten: den har ${length} tecken, och det finns plats för ${limit}.`,
    notAnEmail: 'Kontrollera e-postadressen: den borde ha formen namn@exempel.fi. Du kan också lämna bort den.',
    errorPrefix: 'Fel:',
    receivedTitle: 'Tack för din respons',
    received: (by) => `Responsen har tagits emot. Vi svarar senast ${by}, om du gav en e-postadress.`,
    fullTitle: 'Responsen kunde inte tas emot',
    full: 'Det har kommit så mycket respons att formuläret är stängt. Skicka responsen per e-post: adressen finns i tillgänglighetsutlåtandet.',
    toStatement: 'Tillgänglighetsutlåtande',
    listTitle: 'Respons om tillgängligheten',
    listLead: (waiting) => (waiting === 0 ? 'All respons har besvarats.' : `${waiting} meddelanden väntar på svar.`),
    none: 'Det finns ingen respons.',
    receivedAt: 'Mottagen',
    dueBy: 'Ska besvaras senast',
    overdue: 'Försenad',
    about: 'Gäller',
    writer: 'Adress för svar',
    noAddress: 'Ingen; ett svar kan inte skickas.',
    answeredAt: 'Besvarad',
    answer: 'Svar',
    answerLabel: 'Vad som svarades eller gjordes',
    answerHint: 'Skicka svaret själv per e-post; här blir en anteckning om det.',
    answerMissing: 'Skriv vad som svarades eller gjordes.',
    note: 'Anteckna som besvarad',
    goneTitle: 'Responsen är redan besvarad',
    gone: 'Någon annan har antecknat responsen som besvarad, eller så finns den inte längre. Anteckningen sparades inte.',
    signInTitle: 'Logga in',
    signIn: 'Endast huvudanvändaren ser responsen. Logga in och öppna sidan på nytt.',
    deniedTitle: 'Sidan är bara för huvudanvändaren',
    denied: 'Dina rättigheter räcker inte för att läsa responsen.',
  },
  en: {
    title: 'Feedback on accessibility',
    lead: 'Tell us what is difficult or impossible to use in the service. We answer within 14 days.',
    message: 'Message',
    messageHint:
      'What were you doing, and what did not work? Do not write a personal identity code or tax matters here.',
    place: 'Page or place that the feedback is about',
    placeHint: 'For example the heading or the address of the page.',
    email: 'E-mail address',
    emailHint: 'We need it if you want an answer.',
    optional: 'optional',
    privacy:
      'The message and the address are used only for answering and for mending the service. They are deleted a year after the answer.',
    send: 'Send feedback',
    problemsTitle: 'The feedback has not been sent yet',
    messageMissing: 'Write a message.',
    tooLong: (limit, length) => `Shorten the text: it has ${length} characters, and there is room for ${limit}.`,
    notAnEmail: 'Check the e-mail address: it should look like name@example.com. You may also leave it out.',
    errorPrefix: 'Error:',
    receivedTitle: 'Thank you for your feedback',
    received: (by) => `The feedback has been received. We answer by ${by} if you gave an e-mail address.`,
    fullTitle: 'The feedback could not be taken in',
    full: 'There has been so much feedback that the form is closed. Send it by e-mail: the address is in the accessibility statement.',
    toStatement: 'Accessibility statement',
    listTitle: 'Feedback on accessibility',
    listLead: (waiting) =>
      waiting === 0
        ? 'All feedback has been answered.'
        : waiting === 1
          ? '1 message waits for an answer.'
          : `${waiting} messages wait for an answer.`,
    none: 'There is no feedback.',
    receivedAt: 'Received',
    dueBy: 'To be answered by',
    overdue: 'Overdue',
    about: 'About',
    writer: 'Address for the answer',
    noAddress: 'None given; no answer can be sent.',
    answeredAt: 'Answered',
    answer: 'Answer',
    answerLabel: 'What was answered or done',
    answerHint: 'Send the answer yourself by e-mail; this keeps a note of it.',
    answerMissing: 'Write what was answered or done.',
    note: 'Mark as answered',
    goneTitle: 'The feedback has been answered already',
    gone: 'Somebody else has marked it as answered, or it is there no more. Your note was not saved.',
    signInTitle: 'Sign in',
    signIn: 'Only the administrator sees the feedback. Sign in and open the page again.',
    deniedTitle: 'The page is for the administrator only',
    denied: 'Your access rights do not let you read the feedback.',
  },
}
