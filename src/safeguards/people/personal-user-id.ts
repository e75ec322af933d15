import { userIdOf } from './written-values.ts'

/** Names of functions, in the languages of this country and in English; digits and signs after or between them change nothing. */
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
 * Whether a user id can be one person's: not the name of a function, to which several could hold the password (R20:
 * no shared, generic or anonymous account).
 */
export function isPersonal(written: string): boolean {
  const local = userIdOf(written).split('@')[0] ?? ''
  return !functions.has(local.replaceAll(/[\d._-]+/g, ''))
}
