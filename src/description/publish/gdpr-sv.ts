import { dayText } from '../tell-values.ts'
import type { GdprWords } from './gdpr-words.ts'
import { lawsOf } from './grounds.ts'

export const gdprSv: GdprWords = {
  subtitle:
    'Dataskyddsbeskrivning: information enligt artiklarna 13 och 14 i EU:s allmänna dataskyddsförordning (2016/679)',
  headings: {
    controller: 'Personuppgiftsansvarig',
    purposes: 'Ändamål och rättslig grund',
    data: 'Grupper av registrerade och personuppgifter',
    recipients: 'Utlämnande av uppgifter',
    retention: 'Lagringstider',
    protection: 'Skydd av uppgifterna och åtkomsträttigheter',
    rights: 'Den registrerades rättigheter',
    officials: 'Inspelning av tjänstemännens samtal',
  },
  labels: {
    register: 'Register',
    controller: 'Personuppgiftsansvarig',
    visitingAddress: 'Besöksadress',
    switchboard: 'Telefonväxel',
    officer: 'Dataskyddsombud',
    phone: 'Telefon',
    dataSubjects: 'Registrerade',
  },
  purposeHead: ['Ändamål', 'Rättslig grund', 'Uppgifter'],
  dataSets: { history: 'kontakthistorian', recordings: 'inspelningarna' },
  added({ description, uses, withinEea }) {
    const { controller, rights, recordingPlan, storage, disclosure, switches, effectiveFrom } = description
    const { cooperation } = recordingPlan
    const laws = lawsOf(disclosure.provisions, effectiveFrom, 'sv')
    return {
      'L2-source':
        'Uppgifterna uppkommer i telefonsystemet under samtalet; tjänstemannens namn och telefonnummer kommer från den personuppgiftsansvariges personkatalog.',
      'L2-number': 'Den som ringer behöver inte lämna sitt telefonnummer: visningen av numret kan spärras.',
      'L2-complaint':
        'Den registrerade kan anföra klagomål hos tillsynsmyndigheten, om han eller hon anser att behandlingen av hans eller hennes personuppgifter strider mot lag: dataombudsmannens byrå, www.tietosuoja.fi.',
      'L2-evaluations': uses('QUALITY')
        ? 'Det som har skrivits om ett samtal vid bedömning av kvaliteten raderas senast tillsammans med inspelningen; av de poäng som blir kvar i en grupps resultat framgår inte vems samtal de gällde. Uppgiften om vilka inspelningar som kunde väljas för bedömning raderas efter åtta månader.'
        : undefined,
      'L2-training': uses('TRAINING')
        ? 'Deltagarlistan för ett utbildningstillfälle raderas 14 månader efter att tillfället avslutades.'
        : undefined,
      'L2-counts':
        'Antalet samtal räknas per timme, nummer och enhet. Efter fjorton månader återstår månad och nummer, avrundat till fem.',
      L3: 'Innan en tjänsteman svarar hör den som ringer ett meddelande:',
      'L7-rights':
        'Den registrerade har rätt att få tillgång till sina uppgifter och kan begära att felaktiga uppgifter rättas (artiklarna 15 och 16 i dataskyddsförordningen). Radering av en inspelning och invändning mot behandlingen av den sker genom att användningen av inspelningen förbjuds: inga skäl efterfrågas och inspelningen förstörs; om något tills vidare hindrar det används inspelningen till dess enbart för det ändamålet (artiklarna 17 och 21). Den registrerade kan också begära att behandlingen av en inspelning begränsas: begränsningen gäller tills ett beslut om den fattas, högst under lagringstiden, och innan den upphör meddelas det per brev (artikel 18). Behandlingen är begränsad också medan en invändning mot den handläggs. Kontakthistoriken raderas när dess lagringstid går ut.',
      'L7-time':
        'En begäran besvaras avgiftsfritt inom en månad; om begäran är komplicerad kan tiden förlängas med högst två månader (artikel 12).',
      'L7-where': `En begäran riktas till: ${rights.unit.sv}, ${controller.postalAddress.sv}.`,
      'L10-portability':
        'Rätten att överföra uppgifter från ett system till ett annat gäller endast uppgifter vars behandling grundar sig på samtycke eller avtal (artikel 20).',
      'L10-automatic': 'Uppgifterna används inte för automatiserade beslut eller profilering (artikel 22).',
      L11: 'På begäran meddelas när och för vilket ändamål någon har läst uppgifterna om samtalet eller lyssnat på inspelningen; namnet meddelas inte.',
      'L16-procedure':
        cooperation &&
        `Inspelningen av samtal har behandlats i samarbetsförfarandet ${dayText(cooperation.decidedOn).sv} (${cooperation.document}).`,
      'L16-consent':
        switches.officialConsent === 'required'
          ? 'Endast samtal som besvaras av tjänstemän som har samtyckt till det spelas in; samtycket kan återkallas när som helst, och återkallelsen påverkar inte den behandling som har skett före den.'
          : undefined,
      L19: 'Varje gång uppgifterna läses eller avlyssnas görs en anteckning i loggen.',
      L26: withinEea ? 'Uppgifterna överförs inte utanför Europeiska ekonomiska samarbetsområdet.' : undefined,
      L28: `Säkerhetskopior förvaras i högst ${storage.backupDays} dagar. Nyckeln till en förstörd inspelning förstörs även i varje kopia, och det som har förstörts återställs inte från en säkerhetskopia.`,
      L36: disclosure.authority && laws ? `Utlämnandet till en myndighet grundar sig på lag: ${laws}.` : undefined,
    }
  },
}
