/**
 * Finnish given and family names, most frequent first, lower case.
 * Source: open data of the Digital and Population Data Services Agency (CC BY 4.0), through the lists of @zxcvbn-ts/language-fi
 * (MIT). Rare names are not listed: they are found by a trigger or not at all.
 */
export const finnishGivenNames = `
maria helena anneli johanna kaarina hannele marjatta kristiina emilia liisa elina sofia maarit tuulikki susanna
annikki katariina leena anna marja sinikka inkeri riitta aino anne tuula päivi kyllikki orvokki karoliina maija ritva
pauliina tellervo minna pirjo sari irmeli eveliina tiina laura marika eeva elisabet tarja satu mari hanna heidi ilona
pirkko annika amanda marita sirpa jaana seija sanna aurora irene julia olivia anja matilda raija kirsi anita sisko
eija marianne katriina merja eila elisabeth linnea anni tuulia marjaana arja kaisa ulla elisa marketta paula helmi
jenni emma iida terttu sirkka katja heli nina mirjami maaria anniina sara kirsti mirja ella birgitta aleksandra ida
hilkka katri suvi alexandra raili riikka anu marjut kaija tuija saara niina pia kerttu kristina ellen noora lea marjo
jenna aila tanja lotta veera henna leila alina irma kati aulikki elsa elli margareta venla aada milla maritta outi
hellevi emmi irja miia mervi erika taina päivikki siiri vilhelmiina mirjam virpi helinä sini jonna tiia sonja lilja
josefiina jasmin margit alisa oona vilma sanni mia terhi linda mira roosa nea aune viivi teija essi eliisa viola iiris
martta christina carita piia isabella marie iina taru maire tuuli petra juulia marjukka krista enni hillevi eva
mikaela annukka esteri silja inka airi vuokko aliisa henriikka salla jenny milja eevi pinja susanne aili riina camilla
lyydia erja ronja elena katarina sylvia reetta elise amalia onerva alice eerika helvi jessica minttu cecilia meri
pihla anitta saana minea ester lumi soile nelli meeri asta elvi alma ada talvikki salme elviira hilja irina maaret
adele aava auli hilla olga janina toini nella armi maiju marina lahja laila hilma saija isla kaisu aira charlotta
marianna heini hilda taimi anette rauha heleena josefina eira neea rauni matleena mila karin sirkku joanna wilhelmiina
rosa sylvi peppi jemina saga helmiina victoria senja iris saimi mirva ingeborg tytti oili loviisa birgit janika
natalia vappu astrid stella linnéa monica vieno edith fanny inari soili janette vanessa annina vilja jutta eliina
ingrid selma sanelma alli fanni sandra netta tyyne teresa kiia lydia tea janita isabel aini piritta maila anelma
karita lilian mirka hertta mona daniela mimosa nora jade regina senni inga melissa louise anastasia ulrika frida helka
elma lilli raakel elsi virve amelia saila seela aija margaretha unelma lempi annele gunilla sofie aliina vivian wilma
mette adalmiina melina vera iisa heta christine eine carolina minja rita liina hanne rebekka erica taija varpu lisa
maisa tuire moona carola tilda monika elle carina reeta patricia karolina mariia kaisla elin charlotte heljä miina
selina juhani olavi antero tapani johannes tapio mikael kalevi matti pekka petteri ilmari matias sakari antti kristian
juha heikki timo mikko kari markus aleksi jari jukka oskari markku jaakko kalervo petri mika henrik lauri veikko ville
hannu erkki seppo valtteri janne marko ari ensio tuomas sami elias juho pentti erik eero onni jani eemeli martti
samuli jussi jorma teemu harri eino samuel risto jarmo veli esa viljami pasi raimo jouni oliver niko pertti emil arto
joonas olli toivo kalle vesa leo toni esko jouko armas santeri paavo johan reijo tomi väinö kimmo henri eetu daniel
joni tommi alexander tero sebastian otto ilkka eemil anton ilari pauli aleksanteri jarkko jesse joona tuomo jalmari
uolevi akseli benjamin aulis julius joel vilho arttu jere juuso leevi christian niilo simo allan niklas einari lasse
aukusti jyrki elmeri kullervo keijo jan kaarlo reino mauri kai artturi rasmus juhana miika aki aarne kauko veeti riku
topias aatos karl hermanni peter joonatan jarno aaro eerik yrjö patrik robert vilhelm ossi rauno eelis aaron viljo
teuvo roope tauno anssi valdemar arvo atte ismo aapo anders henry kasper miro osmo veijo rainer taisto oskar oiva samu
taneli alex asko henrikki verneri aimo tuukka lassi edvard iisakki rafael alvar eeli andreas kim august kasperi vili
aarre urho topi wilhelm ahti aatu vihtori konsta albert hugo mauno lars max jimi sulo fredrik miikka kustaa joakim
nikolai william roni veikka tarmo michael tatu iivari herman carl alpo otso jyri ilpo saku unto sauli severi lenni
gustav tom noel kaj kyösti frans rikhard pyry gunnar gabriel thomas iiro axel oscar martin john luka hans jeremias
rami viktor miska jonne edvin pietari voitto nooa heimo arvi hannes sampo luukas jami paul jasper eliel stefan
pellervo aleksander aku nico olof lucas teppo aarni harry leif miko tomas robin nils göran ali arvid tony anselmi
alfred perttu sisu lukas santtu nuutti jonas peetu nestori richard päiviö mohamed krister eevert paavali eljas aarno
jonathan magnus panu marcus christer mathias untamo jesper viljam patrick klaus waltteri kaapo eerikki aapeli ukko
lennart terho justus sven ossian urpo kenneth jooa evert luca felix mattias kaleva antton eemi tino bengt alarik elmo
reima david mats teijo tobias eric stig taavi lari milo manu einar anttoni adam rolf tommy ahmed petter aleksis asser
leonard taavetti per karri kurt simon håkan touko leon verner björn valentin vertti nikolas erno valter jalo jonatan
roger victor tenho jerry gustaf edward casper kaarle kimi jori linus ralf aslak åke christoffer kevin helge dan elis
kosti albin timi elia tuure
`

export const finnishFamilyNames = `
korhonen virtanen mäkinen nieminen mäkelä hämäläinen laine heikkinen koskinen järvinen lehtonen lehtinen saarinen
salminen heinonen niemi heikkilä kinnunen salonen turunen salo laitinen tuominen rantanen karjalainen jokinen mattila
savolainen lahtinen ahonen ojala leppänen kallio leinonen väisänen hiltunen miettinen pitkänen aaltonen manninen
koivisto anttila hakala laaksonen hirvonen lehto räsänen laakso toivonen rantala mustonen aalto niemelä moilanen nurmi
peltonen seppälä pulkkinen hänninen saari kettunen lappalainen partanen koskela kemppainen kauppinen seppänen ahola
salmi lahti aho huttunen ikonen suominen kärkkäinen pesonen halonen nyman mikkonen johansson koponen peltola lindholm
oksanen niskanen vainio heiskanen mikkola koski honkanen immonen harju nurminen vuorinen määttä kokkonen rissanen
karppinen mäki laukkanen heino juntunen rajala rautiainen keränen kangas jääskeläinen parviainen hartikainen paananen
leino karlsson mäenpää lindström ruotsalainen martikainen uusitalo hyvärinen kokko hakkarainen laurila tikkanen
toivanen nevalainen viitanen salmela makkonen nykänen leskinen kuusisto hietala holopainen häkkinen ranta andersson
tamminen korpela härkönen eriksson kukkonen karhu hyvönen karvonen jaakkola tiainen pasanen jokela saarela sillanpää
väänänen kosonen malinen kujala rautio virta lindroos autio kivelä timonen lindqvist jussila kolehmainen rinne
valtonen räisänen hokkanen lampinen tolonen huhtala nissinen nousiainen eskelinen vartiainen koivula laakkonen
lindberg asikainen lepistö kuusela koistinen luoma kyllönen pelkonen kulmala hautala liimatainen tuovinen tolvanen
pietilä helenius koivunen penttinen voutilainen huotari pennanen viljanen riikonen marttila hyttinen luukkonen suhonen
hietanen repo takala pakarinen järvenpää karttunen nuutinen kumpulainen ronkainen haavisto lindgren ketola eskola
haapala eklund eronen myllymäki lehtimäki auvinen kainulainen huovinen penttilä saastamoinen vuori paavola juvonen
helin liukkonen komulainen viitala hautamäki markkanen keskinen kivimäki ollila rintala tuomi taskinen silvennoinen
lähteenmäki välimäki ollikainen kähkönen suomalainen lehtola sipilä perälä gustafsson halme nylund blomqvist kuosmanen
kortelainen turpeinen hannula kantola meriläinen tanskanen hytönen matilainen lindfors jalonen matikainen helminen
holm ylitalo jansson alatalo kivistö kanerva varis puhakka tervo rytkönen kiviniemi henriksson soininen väyrynen
erkkilä taipale kurki rauhala pajunen nyberg karvinen pääkkönen tarvainen berg kilpeläinen puustinen ojanen peltoniemi
mäntylä laiho lassila mattsson oinonen kankaanpää kuisma tikka piirainen backman lehikoinen kivinen räty pirinen
haapanen pohjola jaatinen korpi kärki niiranen lipponen parkkinen haverinen kauppila jauhiainen kaikkonen moisio
jäntti keinänen ylönen valkonen ruuskanen vesterinen haataja rossi raatikainen venäläinen holmberg sainio mononen
syrjälä järvelä nikula anttonen holmström kovanen pekkala lilja palomäki tirkkonen pehkonen ahokas linna kämäräinen
männistö sallinen seppä latvala karhunen alanko kuronen huuskonen valkama vuorela sirén elo oikarinen konttinen
tiihonen muhonen salomaa alanen sjöblom riihimäki soini sirviö eloranta kiuru reinikainen keskitalo pekkarinen simola
rönkkö ryynänen forsman lammi marttinen airaksinen kari snellman nevala järvi haapaniemi ylinen aro kalliokoski
simonen pöllänen holappa ihalainen uotila antikainen grönroos puranen sutinen kauppi sihvonen tähtinen joensuu
lankinen aarnio toivola paavilainen lehti sundström kauhanen kiiskinen virolainen sivonen hassinen törmänen sormunen
friman luoto suvanto eerola koivuniemi luostarinen westerlund nordström ruohonen kotilainen nenonen tuomisto ruuska
kiiski sinisalo sinkkonen nygård björklund tervonen pietikäinen rajamäki antila koljonen laamanen sorsa pikkarainen
huusko tenhunen ukkonen piiroinen suomela kuokkanen lämsä ekman kekkonen siitonen forsström laitila lind paajanen
leppälä nyström vuorio jylhä suomi junttila bergman neuvonen alho arola mäkitalo vanhanen saarelainen lyytikäinen
tahvanainen vepsäläinen wikström sandberg kujanpää vainionpää jantunen närhi lempinen nyholm kontio pöyhönen pakkanen
suutari kosunen tapio helander hakanen hyytiäinen hurme honkala tuomainen minkkinen inkinen hynninen tauriainen ekholm
kaartinen saukkonen kääriäinen rintamäki pirhonen palonen piironen remes nummela kautto pyykkö puttonen lukkarinen
nurmela söderlund itkonen koivu saukko selin romppanen tammi harjula grönlund santala vanhala halttunen kivioja
tukiainen nikkanen määttänen mohamed tossavainen tuomaala kananen tiilikainen nguyen pekkanen setälä pyykkönen myllylä
mäkilä välimaa kalliomäki koivumäki ryhänen sundqvist piispanen lindeman tuomela kuitunen tyni ahtiainen valtanen
lintunen happonen ali ketonen sivula hovi hellsten hakola siekkinen pietiläinen tuhkanen vesala siltanen rämö
päivärinta kangasniemi hakulinen kataja hellman poutanen nyyssönen piipponen montonen pettersson toikka haapalainen
peltomäki vänskä salin kuusinen pellinen mäntynen honkonen piippo stenberg turtiainen kuivalainen talvitie lindén
torvinen vaittinen wallenius sandström parkkonen räihä kuittinen sjöberg mykkänen kuikka valli palosaari syrjänen
jaakola herranen kärnä nikkinen jalkanen sippola jäppinen kuparinen soikkeli hallikainen grönholm iivonen utriainen
nikkilä orava männikkö lönnqvist suni lamberg hynynen savela rahkonen mähönen pellikka pursiainen tuomola nordlund
puumalainen raunio ojanperä katajamäki kakko reijonen annala vuorenmaa niskala vatanen salovaara saikkonen sairanen
ahmed viljakainen peltomaa pulli öhman putkonen ervasti pohjonen manner lappi kaunisto kukkola leivo sundberg isotalo
juutilainen kaukonen naukkarinen nissilä numminen vehviläinen hukkanen pynnönen kankkunen nordman kekäläinen olkkonen
sipola tynkkynen wallin heimonen oja vauhkonen suokas väätäinen kervinen kurvinen virkkunen jämsä huhta pihlajamäki
haikonen siltala lähde mutanen vikman kohonen vanhatalo säkkinen holma reponen palmu pihlaja kaipainen lintula
mäkeläinen pylkkänen hurskainen malmberg haanpää vainikka päivinen blom roos mannila huhtanen lindell murto kumpula
ovaska kilpinen söderholm elomaa kovalainen poutiainen ovaskainen haapakoski hintikka kupiainen rouhiainen jokelainen
klemetti vainikainen kiviranta kuoppala perttula suuronen raitanen fagerström viinikainen pietarinen tarkiainen
himanen kivi mielonen liikanen ratilainen rekola bergström lundberg ruokonen saarenpää leskelä tuononen janhunen
haapamäki siivonen sarkkinen julkunen rantamäki gröhn veijalainen sundell raappana parikka kannisto ström granlund
jalava kirjavainen junnila laatikainen marjamäki vesa granholm nikander saario rahikainen saarikoski pentikäinen
ripatti vaara tanninen vänttinen kemppi lyytinen myllynen palo reunanen varjonen martin äijälä hongisto ilomäki peura
sarajärvi kunnari kauranen westerholm kesti häggblom majuri loikkanen rautanen tölli juhola blomberg heinänen oksa
nisula okkonen kekki lampela paasonen rosenberg ahlgren hulkkonen åberg åkerlund jutila maijala lukkari vilén katainen
forsberg niinimäki östman ristimäki sjöholm kontkanen kolari lamminen takkinen knuutila forss vornanen kytölä
korkiakoski söderström pollari ropponen tissari lundström heikura sorvari tuppurainen ijäs arvola bäckman mäkipää
roininen metso weckström aronen vikström hirvelä nilsson hietamäki kela hedman tiitinen österberg uutela saloranta
myllykoski lempiäinen similä malm puurunen härmä markkula korpinen kaasinen kapanen juutinen olli palm strömberg
ekström björkman kemppinen hujanen peltokangas yrjölä hildén lång haarala porkka nummi roivainen rusanen kallinen
järveläinen pärssinen rajaniemi toikkanen tuukkanen ylikoski katajisto surakka uimonen luukkanen suorsa höglund
salomäki hintsala rahkola niva koivukangas laitala hassan rannikko pulliainen teittinen österlund kröger viljamaa
virkki sirkiä ilvonen törmä syrjä ikävalko nordberg purhonen rönkä björk könönen loponen enqvist kuvaja kajander
kurkela käyhkö siira dahl asplund hietikko kallioniemi suonpää mönkkönen terho kulju hellström pusa stenman kasurinen
karppanen koskelainen metsälä nokelainen kaasalainen kaski juuti palviainen romppainen henttonen siponen tran backlund
lindblom palokangas toropainen koskelo lievonen perkiö nummelin oksman mehtälä klemola pöntinen kopra parkkila
häyrinen riekki knuuttila naumanen granqvist back mantere isomäki pöyry liimatta luokkanen rouvinen toiviainen
heikkonen malin pajula lohi arponen paldanius kanniainen sandell palola vesanen puolakka haakana ruokolainen lahtela
smeds ukkola norrgård lund boman miettunen isaksson isoaho kankare kotiranta myllyniemi mäkynen silander luomala paaso
siren huovila jurvanen pyykönen laasonen sironen räikkönen vierimaa ahlqvist lehtomäki vähäkangas pajari suikkanen
herrala lahdenperä sorjonen tuomikoski hyyryläinen kurtti berglund halinen haapasalo stenroos särkkä ohtonen pernu
flink lauronen takalo huuhtanen valo knuutinen riekkinen vihavainen myller rinkinen vaarala viskari tammela engström
kallioinen launonen poikonen möttönen saaristo ristola niemistö schroderus hagman korkalainen malmi pakkala kurkinen
savola rask hinkkanen laurikainen raivio ruusunen viinikka brandt paloniemi myyryläinen oinas helle husu tikkala wiik
kinnari fredriksson haatainen kujansuu koikkalainen reiman korkala pentti vahtera kostiainen ristolainen tuunanen
rosendahl kojo taskila lampi mertanen bäckström hyppönen jakobsson kantonen aikio lähdesmäki bäck myllykangas lepola
rosenqvist havukainen koivuranta nivala pölönen ahvenainen kallunki vento hagert pohjolainen illikainen maunula ilola
kankainen pullinen saarnio keto kunnas ruhanen hölttä pohjalainen reinikka uitto ylimäki suojanen forsell puska
varonen pussinen tanner hakonen taavitsainen karhula laukka riipinen tuisku järvensivu rutanen sorri lötjönen
rantalainen torniainen huhtamäki pesola tuohimaa kurikka grönberg visuri ahlfors hakamäki käkelä myöhänen tapaninen
marin rastas tammisto fagerlund grönqvist kantanen rainio korkeamäki mehtonen poikela viita olin roine nyqvist pekonen
julin juopperi pekkola muikku valjakka kiljunen fagerholm vesalainen sievänen finnilä särkelä koivistoinen kostamo
äikäs lindstedt dahlström luhtala vehmas rasi kaskinen kiviharju kvist muukkonen österman eerikäinen peippo
jormanainen kuutti malmström pajala jokitalo leminen issakainen långström valta saarikko engblom korte mantila
hautaniemi lumme niittymäki sipiläinen willman koskimäki lipsanen paju piiparinen grönfors raita takanen kuula
vilenius levänen litmanen pihlajaniemi laurén kupari löppönen forsblom hyrkäs törrönen tiittanen kylliäinen vilkman
sihvola teräväinen luotonen poikolainen boström kymäläinen rämä viinamäki roth sundman talja haaranen pääkkö sopanen
ikola korva luttinen turkki valkeapää vuoristo asp kilponen tammelin nupponen tainio konttila englund saarimaa
multanen puisto sepponen falck smolander hautanen metsola nylander jokiniemi turkia hagström hartikka borg puro
lajunen santanen joki lehtiniemi sihvo elonen jeskanen mankinen juola lundell mustajärvi nurkkala pelttari gröndahl
karonen paakkunainen uski kuha posti sandelin björn sjölund harinen tonteri pesu tuuri häyrynen skog weckman
martiskainen tirronen mannonen muurinen sääskilahti töyrylä kolu tiensuu tyrväinen koivusalo koli leppäniemi väre
alastalo alén viitaniemi hannuksela mikkilä paukkunen suutarinen nygren vuolle abdi hyväri kattelus keinonen roiha
uusimäki hoikkala taponen rönnberg ritola summanen tuokko jalo wikman pylvänäinen raitio virtala inkeroinen kiiveri
suihkonen suoranta kanninen larsson mansikkamäki uotinen hussein sassi tommila häggman syvänen heinola huhtinen kero
wiklund virkkala jaskari mynttinen viitamäki kilpi kohvakka vitikainen hotti viertola koho oikari rummukainen broman
kuosa luukkainen piispa harjunpää rokka hirvi vanninen liukko niemeläinen paunonen väistö ingman roponen friberg
karhumaa mikola mulari vähämäki häkli marjanen tuovila hukka kivilahti pätsi söderman javanainen pitkälä katila
puputti pärnänen hulkko pukkila hannonen vähätalo blomster vähäkuopus heininen köykkä matero mänttäri mölsä ståhl
sulonen vasara välikangas lehtoranta leppä lindblad natunen nikkola ikäheimo ritvanen vertanen hellgren myllys
silventoinen villanen westman halminen simpanen skyttä teppo toppinen björkqvist enberg west leikas lundqvist
pihlajamaa tilli nikulainen bollström hietaniemi keronen haapasaari perttunen kaivola mutikainen saranpää stenius
perämäki sundholm tapanainen torikka akkanen torkkeli hemminki kontinen saarijärvi tuomala malkki mansikka erola
kleemola isokangas kontturi ruottinen kerttula honkaniemi kaakinen riihelä ahopelto hyyppä ilves karsikas majava nissi
posio ruoho tiusanen honka onnela pirilä korpelainen lamminmäki paakki paalanen simula väliaho kokki lantto tuunainen
hännikäinen lindh latva niininen törnqvist hanhela ilmonen kakkonen kähärä sund heinilä kanto behm nyrhinen hemmilä
joronen kronqvist rautakoski takkunen finne huttu ilonen mäntyniemi sipponen haukka hyry innanen päkkilä ståhlberg
kanervo rantonen juusola lavikainen tornberg tapola blomerus maaranen murtomäki sjöström sonninen stolt impola
ojaniemi pudas sandvik hentilä kukko mettälä roivas hyytinen lehtovaara mattinen palmroth suoniemi hentunen kautonen
tallgren viitasaari hiltula oittinen petäjä puumala saarni kunttu isoniemi lonka saksa karppi lauri piitulainen åström
husso paronen kareinen hirsimäki kahila kylmänen leppämäki paakkari pirskanen sirkka tokola rapo lehtiö ruponen hanski
leiviskä noponen humalajoki sjögren karhapää mourujärvi paukku rimpiläinen strandberg naskali winter halmetoja sorvali
ulmanen liedes tanttu hellberg jokiranta
`
