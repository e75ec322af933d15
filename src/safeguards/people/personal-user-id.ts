import { userIdOf } from './written-values.ts'

/** Names of functions, in the country's languages and English; digits and signs after or between them do not count. */
const functions = new Set(
  `admin administrator administrators adm sysadmin root superuser operator operaattori yllapito ylläpito yllapitaja ylläpitäjä
  paakayttaja pääkäyttäjä jarjestelmanvalvoja järjestelmänvalvoja systemadministrator administratör huvudanvandare huvudanvändare
  test testi tester testaaja testuser testikayttaja testikäyttäjä testanvandare testanvändare demo
  palvelu palvelut palveluyksikko palveluyksikkö service services serviceenhet asiakaspalvelu kundservice kundtjanst kundtjänst customerservice
  helpdesk support tuki itsupport ittuki neuvonta radgivning rådgivning info tiedotus kirjaamo registratur registry
  guest vieras gast gäst anonymous anonyymi anonym nobody kukaan ingen unknown tuntematon okand okänd
  user users kayttaja käyttäjä anvandare användare yhteinen yhteiskaytto yhteiskäyttö shared gemensam common
  office toimisto kansli kanslia vaihde puhelinvaihde vaxel växel switchboard reception vastaanotto
  account tili konto login kirjautuminen api bot robot robotti system jarjestelma järjestelmä daemon noreply postmaster webmaster hostmaster
  esimies esihenkilo esihenkilö supervisor chef virkailija official tjansteman tjänsteman asiantuntija expert sakkunnig
  seloste backup varmuuskopio null none default oletus temp tilapainen tilapäinen sijainen vikarie trainee harjoittelija`.split(
    /\s+/,
  ),
)

/**
 * Returns true unless the user id is the name of a function, whose password several persons could share (R20: no shared,
 * generic or anonymous accounts).
 */
export function isPersonal(written: string): boolean {
  const local = userIdOf(written).split('@')[0] ?? ''
  return !functions.has(local.replaceAll(/[\d._-]+/g, ''))
}
