import type { LetterKind } from './letter.ts'

/** The templates as they come with Seloste. */
export const swedishTemplates: Record<LetterKind, string> = {
  received: `# Begäran har tagits emot

Begäran kom in {ankomstdag}. Den har numret {begärans nummer}. Uppge gärna numret vid frågor om ärendet.

# Vad begäran gäller

{begärans innehåll}

# Så handläggs begäran

{handläggningstid}

# Mer information

{kontaktuppgifter}`,
  extension: `# Tiden för svaret har förlängts

Begäran {begärans nummer} kom in {ankomstdag}. Den besvaras senast {sista svarsdag}.

# Därför har tiden förlängts

{motivering}

# Mer information

{kontaktuppgifter}`,
  answer: `# Svar på begäran om uppgifter om ett samtal

Detta är svaret på begäran {begärans nummer}, som kom in {ankomstdag}. Begäran gäller:

{begärans innehåll}

# Samtal

{samtal}

{lyssning och förbud}

# Så används uppgifterna

I registerbeskrivningen berättas vad uppgifterna om samtalen används till, hur länge de lagras och till vem de lämnas ut. Den fås på begäran också på papper.

# Rätt att föra ärendet till dataombudsmannen

{klagomålsväg}

# Mer information

{kontaktuppgifter}`,
  appointment: `# En tid för lyssning har bokats

Med anledning av begäran {begärans nummer} har en tid bokats för att lyssna på det inspelade samtalet.

{tid för lyssning}

# Före lyssningen

- Ta med en handling som styrker identiteten, till exempel pass eller identitetskort.
- En tjänsteman tar emot på verksamhetsstället och är på plats under lyssningen.
- Det går att lyssna på inspelningen så många gånger som önskas under den bokade tiden. Inspelningen får inte tas med.

Om tiden inte passar ska det meddelas så snart som möjligt. En ny tid måste infalla innan inspelningen förstörs.

# Mer information

{kontaktuppgifter}`,
  'destroyed-before': `# Inspelningen har förstörts före lyssningen

I begäran {begärans nummer} har det begärts att få lyssna på ett inspelat samtal. Inspelningen har förstörts innan den hann spelas upp. Den kan inte återställas, och det går inte längre att lyssna på den.

# Samtal

{samtal}

En inspelning förstörs alltid när lagringstiden går ut eller när en part i samtalet förbjuder användningen av den. Uppgifterna om samtalet finns kvar i kontakthistorian en längre tid, och de kan fortfarande begäras.

# Rätt att föra ärendet till dataombudsmannen

{klagomålsväg}

# Mer information

{kontaktuppgifter}`,
  prohibition: `# Användningen av inspelningen har förbjudits

I begäran {begärans nummer} har det förbjudits att inspelningen används för att utveckla kundservicen. Förbudet har trätt i kraft genast.

# Inspelningar

{samtal}

Förbudet raderar inte uppgifterna om samtalet ur kontakthistorian. De raderas när lagringstiden går ut. Ett intyg över förstöringen fås på begäran.

# Mer information

{kontaktuppgifter}`,
  erasure: `# Beslut om radering av uppgifter

Detta är svaret på begäran {begärans nummer}, som kom in {ankomstdag}. Den gäller:

{begärans innehåll}

# Avgörande

Begäran om radering av inspelningen har bifallits.

{samtal}

Uppgifterna om samtalet behövs i kontakthistorian för en lagstadgad uppgift. De raderas när lagringstiden går ut (artikel 17.3 b i den allmänna dataskyddsförordningen). Ett intyg över att inspelningen har förstörts fås på begäran.

# Rätt att föra ärendet till dataombudsmannen

{klagomålsväg}

# Mer information

{kontaktuppgifter}`,
  objection: `# Beslut om invändning mot behandlingen

Detta är svaret på begäran {begärans nummer}, som kom in {ankomstdag}. Den gäller:

{begärans innehåll}

# Avgörande

Inspelningen behandlas inte längre (artikel 21.1 i den allmänna dataskyddsförordningen). Användningen av den har förbjudits.

{samtal}

Uppgifterna om samtalet behövs i kontakthistorian för en lagstadgad uppgift. De raderas när lagringstiden går ut. Ett intyg över att inspelningen har förstörts fås på begäran.

# Rätt att föra ärendet till dataombudsmannen

{klagomålsväg}

# Mer information

{kontaktuppgifter}`,
  restriction: `# Beslut om begränsning av behandlingen

Detta är svaret på begäran {begärans nummer}, som kom in {ankomstdag}. Den gäller:

{begärans innehåll}

# Avgörande

{samtal}

En begränsad inspelning får användas bara för det som är skälet till att den bevaras, med samtycke av den som framställt begäran eller för att skydda rättigheter (artikel 18.2 i den allmänna dataskyddsförordningen). Innan begränsningen upphävs meddelas det per brev (artikel 18.3).

# Rätt att föra ärendet till dataombudsmannen

{klagomålsväg}

# Mer information

{kontaktuppgifter}`,
  'restriction-end': `# Begränsningen av behandlingen upphör

Med anledning av begäran {begärans nummer} har behandlingen av inspelningen begränsats. Begränsningen upphävs efter detta brev (artikel 18.3 i den allmänna dataskyddsförordningen).

# Inspelningar

{samtal}

Användningen av inspelningen kan förbjudas när som helst. Skäl behöver inte uppges. Då förstörs inspelningen.

# Rätt att föra ärendet till dataombudsmannen

{klagomålsväg}

# Mer information

{kontaktuppgifter}`,
  'not-identifiable': `# Samtalet har inte kunnat identifieras

Detta är svaret på begäran {begärans nummer}, som kom in {ankomstdag}. Begäran kan inte bifallas i fråga om följande samtal.

{samtal}

# Motivering

Utifrån de uppgifter som lämnats har det inte kunnat visas vilket samtal den som framställt begäran är part i. Om andras samtal får ingenting berättas, inte heller om det finns sådana eller om de har spelats in (artiklarna 11 och 12.6 i den allmänna dataskyddsförordningen).

Begäran kan framställas på nytt om det går att uppge en noggrannare tid för samtalet, uppringarens nummer, servicenumret, samtalets längd eller tjänstemannens namn.

# Rätt att föra ärendet till dataombudsmannen

{klagomålsväg}

# Mer information

{kontaktuppgifter}`,
  refusal: `# Begäran kan inte bifallas

Begäran {begärans nummer}, som kom in {ankomstdag}, kan inte bifallas. Den gäller:

{begärans innehåll}

# Motivering

{motivering}

# Rätt att föra ärendet till dataombudsmannen

{klagomålsväg}

# Mer information

{kontaktuppgifter}`,
  copy: `# Kopian av inspelningen är klar

I begäran {begärans nummer} har det begärts en kopia av ett inspelat samtal. Kopian är klar och kan hämtas på nätet. Länken ges separat.

{kopior}

# Om inspelningen

På inspelningen hörs också en annan människas röst. Den är avsedd bara för eget bruk och bör inte ges vidare.

# Mer information

{kontaktuppgifter}`,
  'log-extract': `# Utdrag om användningen av uppgifterna om samtalet

Detta är svaret på begäran {begärans nummer}, som kom in {ankomstdag}. Av utdraget framgår när, i vilken uppgift och för vilket ändamål uppgifterna om samtalet har använts.

# Användningstillfällen

{användningstillfällen}

Användarnas namn uppges inte: de har behandlat uppgifterna för den personuppgiftsansvariges räkning och enligt dess anvisningar (EU-domstolens dom C-579/21). Säkerhetsenhetens användningstillfällen ingår inte i utdraget.

# Rätt att föra ärendet till dataombudsmannen

{klagomålsväg}

# Mer information

{kontaktuppgifter}`,
  correction: `# Beslut om rättelse av uppgifter

Detta är svaret på begäran {begärans nummer}, där det har begärts att uppgifter om ett samtal rättas.

# Avgörande

{rättelser}

Bestämmelser om rättelse finns i artikel 16 i den allmänna dataskyddsförordningen.

# Rätt att föra ärendet till dataombudsmannen

{klagomålsväg}

# Mer information

{kontaktuppgifter}`,
  mentioned: `# Svar på begäran om uppgifter som lämnats i ett samtal

I begäran {begärans nummer}, som kom in {ankomstdag}, har det begärts uppgifter som i ett samtal har lämnats om den som framställt begäran. I inspelningarna går det inte att söka efter vem som nämns i dem. Därför kan begäran besvaras bara om samtalet har specificerats i den.

# Så lämnas uppgifterna

Uppgifterna lämnas skriftligt till den del de gäller den som framställt begäran och inte äventyrar samtalsparternas rättigheter (artikel 15.4 i den allmänna dataskyddsförordningen). Om uppgifter lämnas, finns de som bilaga till detta brev.

# Rätt att föra ärendet till dataombudsmannen

{klagomålsväg}

# Mer information

{kontaktuppgifter}`,
  openness: `# Beslut om en begäran om en handling

I begäran {begärans nummer}, som kom in {ankomstdag}, har det begärts en myndighetshandling.

# Avgörande

{avgörande}

# Motivering

Avgörandet grundar sig på: {författningsgrund}.

{ändringssökande}

# Mer information

{kontaktuppgifter}`,
}
