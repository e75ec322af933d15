/** Common English names, and those of English speakers in Finland, compiled by hand; lower case. */
export const englishGivenNames = `
james mary robert patricia john jennifer michael linda david elizabeth william barbara richard susan joseph jessica
thomas sarah charles karen christopher lisa daniel nancy matthew betty anthony margaret mark sandra donald ashley
steven kimberly paul emily andrew donna joshua michelle kenneth carol kevin amanda brian dorothy george melissa
timothy deborah ronald stephanie edward rebecca jason sharon jeffrey laura ryan cynthia jacob kathleen gary amy
nicholas angela eric shirley jonathan anna stephen brenda larry pamela justin emma scott nicole brandon helen benjamin
samantha samuel katherine gregory christine alexander debra patrick rachel frank carolyn raymond janet jack maria
dennis olivia jerry heather tyler catherine aaron frances jose adam joyce nathan julia henry alice douglas diane
zachary ruth peter victoria kyle joan noah evelyn ethan kelly jeremy lauren christian christina keith martha roger
judith terry andrea sean hannah austin megan gerald jacqueline carl ann harold jean dylan kathryn arthur teresa
lawrence gloria jordan sara jesse janice bryan alexis billy doris joe abigail bruce jane gabriel rose logan grace alan
charlotte simon claire oliver harry lucy charlie sophie graham fiona nigel gemma stuart hazel ian tracey colin
lorraine neil louise craig elaine mohammed fatima ahmed aisha ali yusuf omar hassan ibrahim amina priya raj anil
sunita wei li chen olga tatiana natalia svetlana irina elena sergei dmitri vladimir ivan aleksandr mikhail anastasia
oksana andriy oleksandr iryna kateryna piotr tomasz agnieszka katarzyna krzysztof marek ewa nguyen linh minh thu abdi
farah khadija mahmoud layla zahra reza
`

export const englishFamilyNames = `
smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez gonzalez wilson anderson
thomas taylor moore jackson martin lee perez thompson white harris sanchez clark ramirez lewis robinson walker young
allen king wright scott torres nguyen hill flores green adams nelson baker hall rivera campbell mitchell carter
roberts gomez phillips evans turner diaz parker cruz edwards collins reyes stewart morris morales murphy cook rogers
gutierrez ortiz morgan cooper peterson bailey reed kelly howard ramos kim cox ward richardson watson brooks chavez
wood james bennett gray mendoza ruiz hughes price alvarez castillo sanders patel myers long ross foster jimenez powell
jenkins perry russell sullivan bell coleman butler henderson barnes gonzales fisher vasquez simmons romero jordan
patterson alexander hamilton graham reynolds griffin wallace moreno west cole hayes bryant herrera gibson ellis tran
medina aguilar stevens murray ford castro marshall owens harrison fernandez mcdonald woods washington kennedy wells
davies walsh obrien ryan byrne macdonald fraser singh khan hussain ahmed ali begum shah sharma kumar gupta chen wang
li zhang liu ivanov petrov smirnov kuznetsov popov sokolov volkov kowalski nowak wisniewski schmidt mueller weber
wagner hassan mohamed abdi osman yusuf ibrahim hussein mahmoud
`
