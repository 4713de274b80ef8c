/** Names as people really have them: accents, apostrophes, two words, other scripts. `native|latin` where the script is not Latin. */
export interface Culture {
  readonly locale: string;
  readonly timezone: string;
  readonly given: string;
  readonly family: string;
}

export const CULTURES: readonly Culture[] = [
  { locale: 'en-US', timezone: 'America/New_York', given: 'Ada Grace Marcus Naomi Wyatt Imani', family: "Brooks O'Neill Whitfield Carter Lopez Freeman" },
  { locale: 'en-GB', timezone: 'Europe/London', given: 'Rhys Imogen Alastair Freya Owen Priya', family: "Ashworth D'Arcy Llewellyn Patel Hargreaves Sinclair-Moss" },
  { locale: 'de-DE', timezone: 'Europe/Berlin', given: 'Jürgen Käthe Björn Annegret Lukas Zoë', family: 'Müller Weiß Schröder Krüger Großmann Vogel' },
  { locale: 'fr-FR', timezone: 'Europe/Paris', given: 'Chloé François Anaïs Jérôme Maëlle Noël', family: 'Lefèvre Dubois Béranger Desprès Moreau Géraud' },
  { locale: 'es-MX', timezone: 'America/Mexico_City', given: 'José Lucía Íñigo Ximena Andrés Begoña', family: 'Muñoz García Ibáñez Peña Domínguez Ruiz' },
  { locale: 'pt-BR', timezone: 'America/Sao_Paulo', given: 'João Conceição Thiago Letícia Estêvão Inês', family: 'Gonçalves Araújo Simões Brandão Pereira Guimarães' },
  { locale: 'pl-PL', timezone: 'Europe/Warsaw', given: 'Łukasz Małgorzata Wojciech Agnieszka Michał Żaneta', family: 'Wiśniewski Kowalczyk Dąbrowska Zieliński Wójcik Król' },
  { locale: 'cs-CZ', timezone: 'Europe/Prague', given: 'Jiří Zdeňka Ondřej Kateřina Tomáš Věra', family: 'Dvořák Němcová Růžička Šimek Černá Beneš' },
  { locale: 'tr-TR', timezone: 'Europe/Istanbul', given: 'İpek Çağlar Gülşen Oğuz Şule Ümit', family: 'Yılmaz Öztürk Çelik Şahin Doğan Aydın' },
  { locale: 'nb-NO', timezone: 'Europe/Oslo', given: 'Øyvind Åse Bjørn Sæunn Håkon Solveig', family: 'Ødegård Bråten Sørensen Hansen Kjær Nygård' },
  { locale: 'is-IS', timezone: 'Atlantic/Reykjavik', given: 'Þóra Ragnheiður Ísak Guðrún Ævar Björk', family: 'Þorsteinsson Jónsdóttir Ægisson Hauksdóttir Óskarsson Friðriksdóttir' },
  { locale: 'vi-VN', timezone: 'Asia/Ho_Chi_Minh', given: 'Đức Hương Thảo Quỳnh Tuấn Ngọc', family: 'Nguyễn Trần Phạm Huỳnh Đặng Võ' },
  { locale: 'yo-NG', timezone: 'Africa/Lagos', given: 'Adébáyọ̀ Chinwe Folákẹ́ Emeka Ngozi Tundé', family: 'Okonkwo Adéyẹmí Okafor Balógun Eze Ọlátúnjí' },
  { locale: 'sw-KE', timezone: 'Africa/Nairobi', given: 'Wanjiku Otieno Amani Achieng Baraka Zawadi', family: "Kamau Odhiambo Mwangi Ng'ang'a Wekesa Njoroge" },
  { locale: 'ja-JP', timezone: 'Asia/Tokyo', given: '陽子|Yoko 健太|Kenta 美咲|Misaki 大輔|Daisuke 由美|Yumi 翔|Sho', family: '田中|Tanaka 佐藤|Sato 鈴木|Suzuki 高橋|Takahashi 渡辺|Watanabe 小林|Kobayashi' },
  { locale: 'zh-CN', timezone: 'Asia/Shanghai', given: '伟|Wei 芳|Fang 静|Jing 强|Qiang 晓明|Xiaoming 丽|Li', family: '王|Wang 李|Li 张|Zhang 刘|Liu 欧阳|Ouyang 陈|Chen' },
  { locale: 'ko-KR', timezone: 'Asia/Seoul', given: '서연|Seoyeon 민준|Minjun 지우|Jiwoo 하은|Haeun 도윤|Doyun 수빈|Subin', family: '김|Kim 이|Lee 박|Park 최|Choi 정|Jung 강|Kang' },
  { locale: 'el-GR', timezone: 'Europe/Athens', given: 'Ελένη|Eleni Γιώργος|Giorgos Δήμητρα|Dimitra Νίκος|Nikos Σοφία|Sofia Άγγελος|Angelos', family: 'Παπαδόπουλος|Papadopoulos Γεωργίου|Georgiou Οικονόμου|Oikonomou Αθανασίου|Athanasiou Δημητρίου|Dimitriou Καραγιάννη|Karagianni' },
  { locale: 'uk-UA', timezone: 'Europe/Kyiv', given: 'Олена|Olena Тарас|Taras Оксана|Oksana Богдан|Bohdan Ірина|Iryna Юрій|Yurii', family: 'Шевченко|Shevchenko Коваленко|Kovalenko Бондаренко|Bondarenko Ткачук|Tkachuk Мельник|Melnyk Поліщук|Polishchuk' },
  { locale: 'ar-EG', timezone: 'Africa/Cairo', given: 'ليلى|Layla عمر|Omar فاطمة|Fatima يوسف|Yusuf نور|Nour خالد|Khaled', family: 'حسن|Hassan إبراهيم|Ibrahim منصور|Mansour سليمان|Suleiman الشريف|Elsherif فاروق|Farouk' },
  { locale: 'he-IL', timezone: 'Asia/Jerusalem', given: 'נועה|Noa איתן|Eitan תמר|Tamar יונתן|Yonatan מיכל|Michal אורי|Uri', family: 'כהן|Cohen לוי|Levi מזרחי|Mizrahi פרץ|Peretz ביטון|Biton אברהם|Avraham' },
  { locale: 'hi-IN', timezone: 'Asia/Kolkata', given: 'आरव|Aarav अनन्या|Ananya विवेक|Vivek दीपिका|Deepika रोहन|Rohan मीरा|Meera', family: 'शर्मा|Sharma गुप्ता|Gupta अय्यर|Iyer रेड्डी|Reddy सिंह|Singh चटर्जी|Chatterjee' },
];

export const DEPARTMENTS: readonly string[] = [
  'Engineering', 'Sales', 'Finance', 'Support', 'Marketing', 'Legal', 'Security', 'Design', 'Operations', 'People', 'Research', 'Procurement', 'Product', 'Data', 'Facilities', 'Communications',
];

export const SITES: readonly string[] = [
  'Zürich', 'São Paulo', 'Austin', '東京', 'Nairobi', 'Łódź', 'Kraków', 'Tromsø', 'München', 'Bengaluru', 'İzmir', 'Đà Nẵng', 'Montréal', 'Αθήνα', 'Київ', 'القاهرة',
];

export const TITLES: readonly string[] = ['Analyst', 'Engineer', 'Team Lead', 'Director', 'Specialist', 'Coordinator', 'Consultant', 'Architect', 'Administrator', 'Apprentice'];
