// SPDX-License-Identifier: Apache-2.0

extension LocalZone {
  /// The release of the time zone database that the rules are of, for manifests and messages.
  public static let rulesVersion = "IANA tzdata 2025b"

  /// The rules that zones follow now: first year, minutes east of UTC in standard time, and where the clock is
  /// changed those in summer time with the two changes (month.week.weekday@minute), then the zones.
  ///
  /// Made by `Scripts/zone-rules.py` from the footers of the compiled files of IANA tzdata 2025b
  /// (https://www.iana.org/time-zones), read on 2026-11-30. The first year is that from which on a rule and the
  /// full history agree until 2040; 2000 where they agree for longer. Left out are zones whose next changes
  /// follow the moon (Africa/Casablanca, Africa/El_Aaiun, Asia/Gaza, Asia/Hebron).
  static let rules = """
    2000 -720: Etc/GMT+12;
    2000 -660: Etc/GMT+11 Pacific/Midway Pacific/Niue Pacific/Pago_Pago Pacific/Samoa US/Samoa;
    2000 -600: Etc/GMT+10 HST Pacific/Honolulu Pacific/Johnston Pacific/Rarotonga Pacific/Tahiti \
    US/Hawaii;
    2007 -600 -540 3.2.0@120 11.1.0@120: America/Adak America/Atka US/Aleutian;
    2000 -570: Pacific/Marquesas;
    2000 -540: Etc/GMT+9 Pacific/Gambier;
    2007 -540 -480 3.2.0@120 11.1.0@120: America/Anchorage America/Juneau America/Nome \
    America/Sitka America/Yakutat US/Alaska;
    2020 -540 -480 3.2.0@120 11.1.0@120: America/Metlakatla;
    2000 -480: Etc/GMT+8 Pacific/Pitcairn;
    2007 -480 -420 3.2.0@120 11.1.0@120: America/Los_Angeles America/Vancouver Canada/Pacific \
    PST8PDT US/Pacific;
    2010 -480 -420 3.2.0@120 11.1.0@120: America/Ensenada America/Santa_Isabel America/Tijuana \
    Mexico/BajaNorte;
    2000 -420: America/Creston America/Dawson_Creek America/Hermosillo America/Phoenix Etc/GMT+7 \
    MST US/Arizona;
    2016 -420: America/Fort_Nelson;
    2021 -420: America/Dawson America/Whitehorse Canada/Yukon;
    2023 -420: America/Mazatlan Mexico/BajaSur;
    2007 -420 -360 3.2.0@120 11.1.0@120: America/Boise America/Cambridge_Bay America/Denver \
    America/Edmonton America/Inuvik America/Shiprock America/Yellowknife Canada/Mountain MST7MDT \
    Navajo US/Mountain;
    2023 -420 -360 3.2.0@120 11.1.0@120: America/Ciudad_Juarez;
    2000 -360: America/Belize America/Costa_Rica America/El_Salvador America/Regina \
    America/Swift_Current Canada/Saskatchewan Etc/GMT+6 Pacific/Galapagos;
    2007 -360: America/Guatemala America/Managua America/Tegucigalpa;
    2023 -360: America/Bahia_Banderas America/Chihuahua America/Merida America/Mexico_City \
    America/Monterrey Mexico/General;
    2007 -360 -300 3.2.0@120 11.1.0@120: America/Chicago America/Indiana/Knox \
    America/Indiana/Tell_City America/Knox_IN America/Menominee America/North_Dakota/Center \
    America/North_Dakota/New_Salem America/Rainy_River America/Rankin_Inlet America/Winnipeg \
    CST6CDT Canada/Central US/Central US/Indiana-Starke;
    2008 -360 -300 3.2.0@120 11.1.0@120: America/Resolute;
    2010 -360 -300 3.2.0@120 11.1.0@120: America/Matamoros;
    2011 -360 -300 3.2.0@120 11.1.0@120: America/North_Dakota/Beulah;
    2023 -360 -300 3.2.0@120 11.1.0@120: America/Ojinaga;
    2023 -360 -300 9.1.6@1320 4.1.6@1320: Chile/EasterIsland Pacific/Easter;
    2000 -300: America/Atikokan America/Bogota America/Cayman America/Coral_Harbour \
    America/Guayaquil America/Jamaica America/Lima America/Panama EST Etc/GMT+5 Jamaica;
    2014 -300: America/Eirunepe America/Porto_Acre America/Rio_Branco Brazil/Acre;
    2016 -300: America/Cancun;
    2013 -300 -240 3.2.0@0 11.1.0@60: America/Havana Cuba;
    2007 -300 -240 3.2.0@120 11.1.0@120: America/Detroit America/Fort_Wayne \
    America/Indiana/Indianapolis America/Indiana/Marengo America/Indiana/Vevay \
    America/Indianapolis America/Iqaluit America/Kentucky/Louisville America/Kentucky/Monticello \
    America/Louisville America/Montreal America/Nassau America/New_York America/Nipigon \
    America/Pangnirtung America/Thunder_Bay America/Toronto Canada/Eastern EST5EDT US/East-Indiana \
    US/Eastern US/Michigan;
    2008 -300 -240 3.2.0@120 11.1.0@120: America/Indiana/Petersburg America/Indiana/Vincennes \
    America/Indiana/Winamac;
    2017 -300 -240 3.2.0@120 11.1.0@120: America/Port-au-Prince;
    2019 -300 -240 3.2.0@120 11.1.0@120: America/Grand_Turk;
    2000 -240: America/Anguilla America/Antigua America/Aruba America/Barbados \
    America/Blanc-Sablon America/Curacao America/Dominica America/Grenada America/Guadeloupe \
    America/Guyana America/Kralendijk America/La_Paz America/Lower_Princes America/Manaus \
    America/Marigot America/Martinique America/Montserrat America/Port_of_Spain \
    America/Porto_Velho America/Puerto_Rico America/St_Barthelemy America/St_Kitts \
    America/St_Lucia America/St_Thomas America/St_Vincent America/Tortola America/Virgin \
    Brazil/West Etc/GMT+4;
    2001 -240: America/Boa_Vista America/Santo_Domingo;
    2017 -240: America/Caracas;
    2020 -240: America/Campo_Grande America/Cuiaba;
    2007 -240 -180 3.2.0@120 11.1.0@120: America/Glace_Bay America/Goose_Bay America/Halifax \
    America/Moncton America/Thule Atlantic/Bermuda Canada/Atlantic;
    2023 -240 -180 9.1.6@1440 4.1.6@1440: America/Santiago Chile/Continental;
    2011 -210 -150 3.2.0@120 11.1.0@120: America/St_Johns Canada/Newfoundland;
    2000 -180: America/Belem America/Cayenne America/Paramaribo Antarctica/Rothera Etc/GMT+3;
    2003 -180: America/Fortaleza America/Maceio America/Recife;
    2009 -180: America/Argentina/Catamarca America/Argentina/ComodRivadavia \
    America/Argentina/Jujuy America/Argentina/La_Rioja America/Argentina/Mendoza \
    America/Argentina/Rio_Gallegos America/Argentina/Salta America/Argentina/San_Juan \
    America/Argentina/Ushuaia America/Catamarca America/Jujuy America/Mendoza America/Santarem;
    2010 -180: America/Argentina/Buenos_Aires America/Argentina/Cordoba America/Argentina/San_Luis \
    America/Argentina/Tucuman America/Buenos_Aires America/Cordoba America/Rosario;
    2011 -180: Atlantic/Stanley;
    2013 -180: America/Bahia;
    2014 -180: America/Araguaina;
    2016 -180: America/Montevideo;
    2017 -180: America/Punta_Arenas Antarctica/Palmer;
    2020 -180: America/Sao_Paulo Brazil/East;
    2025 -180: America/Asuncion America/Coyhaique;
    2007 -180 -120 3.2.0@120 11.1.0@120: America/Miquelon;
    2000 -120: Atlantic/South_Georgia Etc/GMT+2;
    2003 -120: America/Noronha Brazil/DeNoronha;
    2024 -120 -60 3.5.0@-60 10.5.0@0: America/Godthab America/Nuuk;
    2025 -120 -60 3.5.0@-60 10.5.0@0: America/Scoresbysund;
    2000 -60: Atlantic/Cape_Verde Etc/GMT+1;
    2000 -60 0 3.5.0@0 10.5.0@60: Atlantic/Azores;
    2000 0: Africa/Abidjan Africa/Accra Africa/Bamako Africa/Banjul Africa/Bissau Africa/Conakry \
    Africa/Dakar Africa/Freetown Africa/Lome Africa/Monrovia Africa/Nouakchott Africa/Ouagadougou \
    Africa/Timbuktu America/Danmarkshavn Atlantic/Reykjavik Atlantic/St_Helena Etc/GMT Etc/GMT+0 \
    Etc/GMT-0 Etc/GMT0 Etc/Greenwich Etc/UCT Etc/UTC Etc/Universal Etc/Zulu GMT GMT+0 GMT-0 GMT0 \
    Greenwich Iceland UCT UTC Universal Zulu;
    2020 0: Africa/Sao_Tome;
    2005 0 120 3.5.0@60 10.5.0@180: Antarctica/Troll;
    2000 0 60 3.5.0@60 10.5.0@120: Atlantic/Canary Atlantic/Faeroe Atlantic/Faroe Atlantic/Madeira \
    Europe/Belfast Europe/Guernsey Europe/Isle_of_Man Europe/Jersey Europe/Lisbon Europe/London GB \
    GB-Eire Portugal WET;
    2000 60: Africa/Algiers Africa/Bangui Africa/Brazzaville Africa/Douala Africa/Kinshasa \
    Africa/Lagos Africa/Libreville Africa/Luanda Africa/Malabo Africa/Ndjamena Africa/Niamey \
    Africa/Porto-Novo Etc/GMT-1;
    2009 60: Africa/Tunis;
    2000 60 0 10.5.0@120 3.5.0@60: Eire Europe/Dublin;
    2000 60 120 3.5.0@120 10.5.0@180: Africa/Ceuta Arctic/Longyearbyen Atlantic/Jan_Mayen CET \
    Europe/Amsterdam Europe/Andorra Europe/Belgrade Europe/Berlin Europe/Bratislava \
    Europe/Brussels Europe/Budapest Europe/Busingen Europe/Copenhagen Europe/Gibraltar \
    Europe/Ljubljana Europe/Luxembourg Europe/Madrid Europe/Malta Europe/Monaco Europe/Oslo \
    Europe/Paris Europe/Podgorica Europe/Prague Europe/Rome Europe/San_Marino Europe/Sarajevo \
    Europe/Skopje Europe/Stockholm Europe/Tirane Europe/Vaduz Europe/Vatican Europe/Vienna \
    Europe/Warsaw Europe/Zagreb Europe/Zurich MET Poland;
    2000 120: Africa/Blantyre Africa/Bujumbura Africa/Gaborone Africa/Harare Africa/Johannesburg \
    Africa/Kigali Africa/Lubumbashi Africa/Lusaka Africa/Maputo Africa/Maseru Africa/Mbabane \
    Etc/GMT-2;
    2014 120: Africa/Tripoli Libya;
    2015 120: Europe/Kaliningrad;
    2018 120: Africa/Khartoum Africa/Windhoek;
    2022 120: Africa/Juba;
    2013 120 180 3.4.4@1560 10.5.0@120: Asia/Jerusalem Asia/Tel_Aviv Israel;
    2000 120 180 3.5.0@0 10.5.0@0: Asia/Beirut;
    2000 120 180 3.5.0@120 10.5.0@180: Europe/Chisinau Europe/Tiraspol;
    2000 120 180 3.5.0@180 10.5.0@240: Asia/Nicosia EET Europe/Athens Europe/Bucharest \
    Europe/Helsinki Europe/Kiev Europe/Kyiv Europe/Mariehamn Europe/Nicosia Europe/Sofia \
    Europe/Uzhgorod Europe/Zaporozhye;
    2001 120 180 3.5.0@180 10.5.0@240: Europe/Riga;
    2002 120 180 3.5.0@180 10.5.0@240: Europe/Tallinn;
    2003 120 180 3.5.0@180 10.5.0@240: Europe/Vilnius;
    2018 120 180 3.5.0@180 10.5.0@240: Asia/Famagusta;
    2023 120 180 4.5.5@0 10.5.4@1440: Africa/Cairo Egypt;
    2000 180: Africa/Addis_Ababa Africa/Asmara Africa/Asmera Africa/Dar_es_Salaam Africa/Djibouti \
    Africa/Kampala Africa/Mogadishu Africa/Nairobi Antarctica/Syowa Asia/Aden Asia/Bahrain \
    Asia/Kuwait Asia/Qatar Asia/Riyadh Etc/GMT-3 Indian/Antananarivo Indian/Comoro Indian/Mayotte;
    2008 180: Asia/Baghdad;
    2012 180: Europe/Minsk;
    2015 180: Europe/Kirov Europe/Moscow Europe/Simferopol W-SU;
    2017 180: Asia/Istanbul Europe/Istanbul Turkey;
    2021 180: Europe/Volgograd;
    2023 180: Asia/Amman Asia/Damascus;
    2023 210: Asia/Tehran Iran;
    2000 240: Asia/Dubai Asia/Muscat Etc/GMT-4 Indian/Mahe Indian/Reunion;
    2006 240: Asia/Tbilisi;
    2010 240: Indian/Mauritius;
    2012 240: Asia/Yerevan Europe/Samara;
    2016 240: Asia/Baku;
    2017 240: Europe/Astrakhan Europe/Saratov Europe/Ulyanovsk;
    2000 270: Asia/Kabul;
    2000 300: Asia/Ashgabat Asia/Ashkhabad Asia/Dushanbe Asia/Samarkand Asia/Tashkent Etc/GMT-5 \
    Indian/Kerguelen Indian/Maldives;
    2005 300: Asia/Aqtau Asia/Aqtobe Asia/Atyrau Asia/Oral;
    2010 300: Antarctica/Mawson Asia/Karachi;
    2015 300: Asia/Yekaterinburg;
    2019 300: Asia/Qyzylorda;
    2024 300: Antarctica/Vostok;
    2025 300: Asia/Almaty Asia/Qostanay;
    2000 330: Asia/Calcutta Asia/Kolkata;
    2007 330: Asia/Colombo;
    2000 345: Asia/Kathmandu Asia/Katmandu;
    2000 360: Asia/Kashgar Asia/Thimbu Asia/Thimphu Asia/Urumqi Etc/GMT-6 Indian/Chagos;
    2006 360: Asia/Bishkek;
    2010 360: Asia/Dacca Asia/Dhaka;
    2015 360: Asia/Omsk;
    2000 390: Asia/Rangoon Asia/Yangon Indian/Cocos;
    2000 420: Asia/Bangkok Asia/Ho_Chi_Minh Asia/Jakarta Asia/Phnom_Penh Asia/Pontianak \
    Asia/Saigon Asia/Vientiane Etc/GMT-7 Indian/Christmas;
    2012 420: Asia/Novokuznetsk;
    2013 420: Antarctica/Davis;
    2015 420: Asia/Krasnoyarsk;
    2017 420: Asia/Barnaul Asia/Hovd Asia/Novosibirsk Asia/Tomsk;
    2000 480: Asia/Brunei Asia/Chongqing Asia/Chungking Asia/Harbin Asia/Hong_Kong \
    Asia/Kuala_Lumpur Asia/Kuching Asia/Macao Asia/Macau Asia/Makassar Asia/Manila Asia/Shanghai \
    Asia/Singapore Asia/Taipei Asia/Ujung_Pandang Etc/GMT-8 Hongkong PRC ROC Singapore;
    2010 480: Australia/Perth Australia/West;
    2015 480: Asia/Irkutsk;
    2017 480: Asia/Choibalsan Asia/Ulaanbaatar Asia/Ulan_Bator;
    2024 480: Antarctica/Casey;
    2010 525: Australia/Eucla;
    2000 540: Asia/Jayapura Asia/Seoul Asia/Tokyo Etc/GMT-9 Japan Pacific/Palau ROK;
    2001 540: Asia/Dili;
    2015 540: Asia/Khandyga Asia/Yakutsk;
    2017 540: Asia/Chita;
    2019 540: Asia/Pyongyang;
    2000 570: Australia/Darwin Australia/North;
    2008 570 630 10.1.0@120 4.1.0@180: Australia/Adelaide Australia/Broken_Hill Australia/South \
    Australia/Yancowinna;
    2000 600: Antarctica/DumontDUrville Australia/Brisbane Australia/Lindeman Australia/Queensland \
    Etc/GMT-10 Pacific/Chuuk Pacific/Guam Pacific/Port_Moresby Pacific/Saipan Pacific/Truk \
    Pacific/Yap;
    2015 600: Asia/Ust-Nera Asia/Vladivostok;
    2008 600 660 10.1.0@120 4.1.0@180: Australia/ACT Australia/Canberra Australia/Currie \
    Australia/Hobart Australia/Melbourne Australia/NSW Australia/Sydney Australia/Tasmania \
    Australia/Victoria;
    2011 600 660 10.1.0@120 4.1.0@180: Antarctica/Macquarie;
    2008 630 660 10.1.0@120 4.1.0@120: Australia/LHI Australia/Lord_Howe;
    2000 660: Etc/GMT-11 Pacific/Efate Pacific/Guadalcanal Pacific/Kosrae Pacific/Noumea \
    Pacific/Pohnpei Pacific/Ponape;
    2015 660: Asia/Srednekolymsk Pacific/Bougainville;
    2017 660: Asia/Magadan Asia/Sakhalin;
    2020 660 720 10.1.0@120 4.1.0@180: Pacific/Norfolk;
    2000 720: Etc/GMT-12 Kwajalein Pacific/Funafuti Pacific/Kwajalein Pacific/Majuro Pacific/Nauru \
    Pacific/Tarawa Pacific/Wake Pacific/Wallis;
    2012 720: Asia/Anadyr Asia/Kamchatka;
    2022 720: Pacific/Fiji;
    2008 720 780 9.5.0@120 4.1.0@180: Antarctica/McMurdo Antarctica/South_Pole NZ \
    Pacific/Auckland;
    2008 765 825 9.5.0@165 4.1.0@225: NZ-CHAT Pacific/Chatham;
    2000 780: Etc/GMT-13 Pacific/Enderbury Pacific/Kanton;
    2012 780: Pacific/Fakaofo;
    2018 780: Pacific/Tongatapu;
    2022 780: Pacific/Apia;
    2000 840: Etc/GMT-14 Pacific/Kiritimati;
    """
}
