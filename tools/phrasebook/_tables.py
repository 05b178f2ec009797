"""The words of the phrasebook as plain tables; `lexicon.py` reads them into records.

An entry is `zh english`, English in its base form. `·` parts a Chinese entry into words (a verb
from its object, last from week); `_` joins English words that stand for one of them. What a word
can sensibly be said with stands beside it, as kinds of noun, places and times: that is what keeps
random sentences sensible.
"""

__all__ = [
    "ACTIVITIES", "ADJECTIVES", "ATTRIBUTES", "COLOURED", "COLOURS", "CONTRASTS", "FRAMES",
    "GENERICS", "GROUPS", "LOCATIONS", "NOUNS", "NUMBERS", "PEOPLE", "PLACES", "PRONOUNS",
    "SEASONS", "SIGHTS", "SKILLS", "SUBJECTS", "TIMES", "TRANSPORT", "WEEKDAYS",
]  # fmt: skip

# pronoun | subject | object | possessive | the form of be
PRONOUNS = """
    我   | I    | me   | my    | am
    你   | you  | you  | your  | are
    他   | he   | him  | his   | is
    她   | she  | her  | her   | is
    我们 | we   | us   | our   | are
    他们 | they | them | their | are
    它   | it   | it   | its   | is
    它们 | they | them | their | are
"""

# group | measure word | pronoun of a later mention | people
PEOPLE = """
    name   |    | 他 | 小明 Xiaoming, 李华 Li Hua, 王先生 Mr. Wang, 陈先生 Mr. Chen
    name   |    | 他 | 大卫 David, 汤姆 Tom, 杰克 Jack, 马克 Mark
    name   |    | 她 | 小红 Xiaohong, 小丽 Xiaoli, 李女士 Ms. Li, 张女士 Ms. Zhang
    name   |    | 她 | 玛丽 Mary, 安娜 Anna, 露西 Lucy, 海伦 Helen
    kin    |    | 他 | 爸爸 father, 哥哥 older brother, 弟弟 younger brother
    kin    |    | 他 | 爷爷 grandfather, 叔叔 uncle
    kin    |    | 她 | 妈妈 mother, 姐姐 older sister, 妹妹 younger sister
    kin    |    | 她 | 奶奶 grandmother, 阿姨 aunt
    child  |    | 他 | 儿子 son, 弟弟 younger brother
    child  |    | 她 | 女儿 daughter, 妹妹 younger sister
    social | 个 | 他 | 朋友 friend, 同学 classmate, 同事 colleague
    social | 个 | 他 | 邻居 neighbor, 室友 roommate, 老板 boss
    role   | 位 | 他 | 老师 teacher, 医生 doctor, 教授 professor, 律师 lawyer, 作家 writer
    role   | 位 | 他 | 科学家 scientist, 画家 painter, 工程师 engineer, 记者 reporter
    role   | 位 | 他 | 音乐家 musician, 校长 principal, 飞行员 pilot, 导演 director
    role   | 个 | 他 | 学生 student, 司机 driver, 厨师 cook, 警察 police officer, 农民 farmer
    role   | 个 | 他 | 导游 tour guide, 消防员 firefighter, 木匠 carpenter, 游客 tourist
    role   | 个 | 他 | 邮递员 mail carrier, 面包师 baker, 理发师 barber, 店员 shop clerk
    role   | 位 | 她 | 护士 nurse, 歌手 singer, 舞蹈家 dancer
    youth  | 个 | 他 | 男孩 boy, 孩子 child, 学生 student
    youth  | 个 | 她 | 女孩 girl
"""

# kind | measure word (= its English, where it has one) | nouns
NOUNS = """
    pet        | 只          | 小猫 kitten, 猫 cat, 小狗 puppy, 兔子 rabbit, 鸟 bird
    pet        | 只          | 鸭子 duck, 松鼠 squirrel, 蝴蝶 butterfly
    pet        | 条          | 狗 dog
    housepet   | 只          | 小猫 kitten, 猫 cat, 小狗 puppy, 兔子 rabbit
    housepet   | 只          | 鹦鹉 parrot, 乌龟 turtle
    housepet   | 条          | 狗 dog
    wild       | 只          | 熊猫 panda, 猴子 monkey, 长颈鹿 giraffe
    wild       | 只          | 狐狸 fox, 孔雀 peacock, 企鹅 penguin, 袋鼠 kangaroo
    wild       | 头          | 大象 elephant
    wild       | 匹          | 斑马 zebra
    beast      | 只          | 老虎 tiger
    beast      | 头          | 狮子 lion, 熊 bear
    beast      | 条          | 蛇 snake, 鳄鱼 crocodile
    beast      | 匹          | 狼 wolf
    farm       | 匹          | 马 horse
    farm       | 头          | 牛 cow, 猪 pig, 驴 donkey
    farm       | 只          | 绵羊 sheep, 山羊 goat, 鹅 goose, 母鸡 hen
    book       | 本          | 书 book, 小说 novel, 词典 dictionary
    book       | 本          | 杂志 magazine, 课本 textbook, 漫画书 comic book
    text       | 封          | 信 letter
    text       | 篇          | 文章 article
    text       | 首          | 诗 poem
    text       | 份          | 报告 report
    text       | 本          | 小说 novel
    mail       | 封          | 信 letter
    mail       | 张          | 明信片 postcard, 贺卡 greeting card
    mail       | 份          | 礼物 gift
    mail       | 个          | 包裹 package
    garment    | 件          | 衬衫 shirt, 毛衣 sweater, 大衣 coat, 外套 jacket
    garment    | 条          | 裙子 skirt, 连衣裙 dress
    garment    | 双=pair     | 鞋 shoes, 袜子 socks, 靴子 boots
    garment    | 条=pair     | 裤子 pants, 牛仔裤 jeans
    accessory  | 条          | 围巾 scarf, 领带 tie
    accessory  | 顶          | 帽子 hat
    accessory  | 双=pair     | 手套 gloves
    accessory  | 副=pair     | 眼镜 glasses
    laundry    | 件          | 衬衫 shirt, 毛衣 sweater
    laundry    | 条          | 裙子 skirt, 连衣裙 dress
    device     | 部          | 手机 phone
    device     | 台          | 电脑 computer, 相机 camera, 电视机 television, 打印机 printer
    device     | 台          | 洗衣机 washing machine, 冰箱 refrigerator, 收音机 radio
    device     | 块          | 手表 watch
    vehicle    | 辆          | 自行车 bicycle, 汽车 car, 摩托车 motorcycle, 卡车 truck
    furniture  | 张          | 桌子 table, 床 bed, 沙发 sofa
    furniture  | 把          | 椅子 chair
    furniture  | 个          | 书架 bookshelf, 柜子 cabinet
    furniture  | 盏          | 灯 lamp
    furniture  | 块          | 地毯 carpet
    dishes     | 个          | 杯子 cup, 盘子 plate, 碗 bowl, 瓶子 bottle
    dishes     | 面          | 镜子 mirror
    cutlery    | 把          | 刀 knife, 叉子 fork, 勺子 spoon
    cutlery    | 口          | 锅 pot
    cutlery    | 双=pair     | 筷子 chopsticks
    losable    | 把          | 钥匙 key, 雨伞 umbrella
    losable    | 个          | 钱包 wallet, 书包 backpack, 手提包 handbag, 戒指 ring
    losable    | 部          | 手机 phone
    losable    | 块          | 手表 watch
    losable    | 本          | 护照 passport
    losable    | 副=pair     | 眼镜 glasses
    stationery | 支          | 铅笔 pencil, 钢笔 pen
    stationery | 个          | 笔记本 notebook
    stationery | 把          | 尺子 ruler
    stationery | 块          | 橡皮 eraser
    toy        | 个          | 玩具 toy, 气球 balloon, 娃娃 doll
    toy        | 只          | 风筝 kite
    flower     | 朵          | 花 flower, 玫瑰 rose, 向日葵 sunflower
    tree       | 棵          | 树 tree, 苹果·树 apple tree, 桃·树 peach tree, 松·树 pine tree
    instrument | 把          | 吉他 guitar, 小提琴 violin
    instrument | 架          | 钢琴 piano
    instrument | 面          | 鼓 drum
    instrument | 支          | 笛子 flute
    fruit      | 个          | 苹果 apple, 橙子 orange, 梨 pear, 桃子 peach, 西瓜 watermelon
    fruit      | 个          | 柠檬 lemon, 芒果 mango
    fruit      | 根          | 香蕉 banana
    fruit      | 颗          | 草莓 strawberry
    fruit      | 串=bunch    | 葡萄 grapes
    orchard    | 个          | 苹果 apple, 橙子 orange, 梨 pear, 桃子 peach, 柠檬 lemon
    vegetable  | 个          | 西红柿 tomato, 土豆 potato, 洋葱 onion, 南瓜 pumpkin
    vegetable  | 根          | 黄瓜 cucumber, 胡萝卜 carrot
    snack      | 个          | 鸡蛋 egg
    snack      | 块          | 饼干 cookie
    snack      | 块=piece    | 巧克力 chocolate
    meal       | 个          | 三明治 sandwich, 汉堡 hamburger, 包子 steamed bun, 饺子 dumpling
    meal       | 块=piece    | 蛋糕 cake
    meal       | 片=slice    | 面包 bread
    homemade   | 个          | 蛋糕 cake, 三明治 sandwich, 比萨 pizza, 汉堡 hamburger
    staple     | 碗=bowl     | 米饭 rice, 面条 noodles, 汤 soup, 粥 porridge
    drink      | 杯=cup      | 咖啡 coffee, 茶 tea, 豆浆 soy milk
    drink      | 杯=glass    | 牛奶 milk, 果汁 juice
    bottled    | 瓶=bottle   | 水 water, 啤酒 beer, 可乐 cola, 葡萄酒 wine
    movie      | 部          | 电影 movie, 纪录片 documentary
    game       | 场          | 足球·比赛 soccer game, 篮球·比赛 basketball game
    photo      | 张          | 照片 photo
    picture    | 张          | 地图 map
    picture    | 幅          | 画 painting
    ticket     | 张          | 火车·票 train ticket, 电影·票 movie ticket, 飞机·票 plane ticket
    song       | 首          | 歌 song
    place      | 家          | 餐厅 restaurant, 咖啡馆 cafe, 书店 bookstore, 酒店 hotel
    place      | 家          | 商店 shop, 超市 supermarket, 面包店 bakery
    place      | 座          | 公园 park, 花园 garden, 博物馆 museum
    place      | 所          | 学校 school, 大学 university
    place      | 条          | 街 street
"""

ADJECTIVES = """
    可爱 cute, 漂亮 beautiful, 聪明 smart, 胖 fat, 奇怪 strange, 安静 quiet, 强壮 strong,
    危险 dangerous, 有意思 interesting, 无聊 boring, 有名 famous, 厚 thick, 新 new, 旧 old,
    有用 useful, 难懂 difficult, 贵 expensive, 便宜 cheap, 暖和 warm, 大 big, 小 small, 重 heavy,
    结实 sturdy, 舒服 comfortable, 方便 convenient, 快 fast, 甜 sweet, 新鲜 fresh, 酸 sour,
    好吃 tasty, 好喝 tasty, 感人 moving, 精彩 exciting, 长 long, 好听 pleasant,
    高 tall, 友好 friendly, 忙 busy, 累 tired, 高兴 happy, 生气 angry, 年轻 young, 善良 kind,
    害羞 shy, 勇敢 brave, 紧张 nervous, 难过 sad, 饿 hungry, 渴 thirsty, 健康 healthy,
    勤奋 hardworking, 有耐心 patient, 干净 clean, 热闹 lively, 热 hot, 冷 cold, 凉快 cool,
    好 good, 幽默 funny, 诚实 honest, 现代 modern, 古老 ancient, 浪漫 romantic, 重要 important
"""

# kind | adjectives it takes, before it (一只可爱的猫) or after 很
ATTRIBUTES = """
    pet        | 可爱 可爱 漂亮 聪明 胖 奇怪 安静
    housepet   | 可爱 可爱 漂亮 聪明 胖 安静
    wild       | 漂亮 可爱 聪明
    beast      | 危险 强壮 漂亮 大
    farm       | 漂亮 强壮 胖 聪明 大
    book       | 有意思 无聊 有名 厚 新 旧 有用 难懂 贵 便宜
    text       | 有意思 感人 长 无聊 重要
    mail       | 漂亮 奇怪
    garment    | 漂亮 新 旧 贵 便宜 舒服
    accessory  | 漂亮 新 旧 贵 便宜
    laundry    | 旧 新 漂亮
    device     | 新 旧 贵 便宜 方便
    vehicle    | 新 旧 贵 便宜 漂亮 快 舒服
    furniture  | 新 旧 贵 便宜 结实 漂亮 大 小 重
    dishes     | 漂亮 新 旧 大 小 便宜
    cutlery    | 新 旧 便宜 漂亮
    losable    | 新 旧 贵 漂亮
    stationery | 新 旧 便宜 漂亮
    toy        | 新 可爱 有意思 便宜 漂亮
    flower     | 漂亮 小
    tree       | 漂亮 大 小 高
    instrument | 新 旧 贵 漂亮 便宜
    fruit      | 甜 新鲜 大 好吃 酸
    orchard    | 甜 大 新鲜
    vegetable  | 新鲜 大 便宜
    snack      | 好吃 新鲜 便宜
    homemade   | 好吃 大 小
    meal       | 好吃 便宜
    staple     | 好吃 便宜
    drink      | 好喝 便宜
    movie      | 有意思 无聊 精彩 感人 长 浪漫
    game       | 精彩 无聊 重要
    photo      | 漂亮 有意思 旧
    picture    | 漂亮 有意思 旧 奇怪
    ticket     | 便宜 贵
    song       | 好听 有名 感人 浪漫
    place      | 漂亮 安静 干净 热闹 大 小 有名
    person     | 聪明 友好 年轻 善良 害羞 勇敢 勤奋 有耐心 幽默 诚实 有名
    youth      | 聪明 友好 可爱 害羞 勇敢 善良 安静
    mood       | 忙 累 高兴 生气 紧张 难过 饿 渴
    city       | 漂亮 干净 热闹 大 有名 现代 古老
    weather    | 好 冷 热 暖和 凉快
"""

# kinds | what one may hold against it | what one likes about it all the same
CONTRASTS = """
    pet                      | 胖   | 可爱
    pet                      | 奇怪 | 聪明
    book                     | 旧   | 有用
    book                     | 厚   | 有意思
    book                     | 难懂 | 有意思
    vehicle furniture        | 旧   | 结实
    device                   | 贵   | 方便
    vehicle                  | 贵   | 舒服
    garment                  | 旧   | 舒服
    garment                  | 便宜 | 舒服
    garment accessory toy    | 便宜 | 漂亮
    snack meal staple        | 便宜 | 好吃
    place                    | 小   | 干净
    place                    | 小   | 漂亮
"""

COLOURS = """
    红色 red, 蓝色 blue, 绿色 green, 黄色 yellow, 黑色 black, 白色 white, 灰色 gray, 棕色 brown,
    紫色 purple, 粉色 pink
"""

# kind | colours
COLOURED = """
    pet        | 黑色 白色 灰色 棕色
    housepet   | 黑色 白色 灰色 棕色
    farm       | 黑色 白色 棕色
    garment    | 红色 蓝色 绿色 黄色 黑色 白色 灰色 棕色 紫色 粉色
    accessory  | 红色 蓝色 绿色 黄色 黑色 白色 灰色 棕色 紫色 粉色
    laundry    | 红色 蓝色 绿色 黄色 黑色 白色 灰色 紫色 粉色
    vehicle    | 红色 蓝色 绿色 黑色 白色 灰色
    furniture  | 红色 蓝色 黑色 白色 灰色 棕色
    dishes     | 蓝色 白色 绿色 黄色
    losable    | 红色 蓝色 黑色 棕色 紫色 粉色
    stationery | 红色 蓝色 黑色 黄色
    toy        | 红色 蓝色 绿色 黄色 粉色
    flower     | 红色 黄色 白色 紫色 粉色
    device     | 黑色 白色 灰色
"""

# What one likes as such, besides the bare nouns of some kinds.
GENERICS = """
    音乐 music, 艺术 art, 历史 history, 数学 math, 科学 science, 爵士乐 jazz, 京剧 Peking opera,
    夏天 summer, 冬天 winter, 春天 spring, 秋天 fall, 水果 fruit, 蔬菜 vegetables, 旅行 traveling,
    冰淇淋 ice cream, 豆腐 tofu, 牛肉 beef, 海鲜 seafood, 奶酪 cheese, 中国·菜 Chinese food,
    法国·菜 French food, 中国·文化 Chinese culture, 诗歌 poetry, 体育 sports
"""
SUBJECTS = "中文 Chinese, 英语 English, 数学 math, 历史 history, 音乐 music, 科学 science"

# preposition and article | places
PLACES = """
    in the | 公园 park, 花园 garden, 图书馆 library, 办公室 office, 厨房 kitchen
    in the | 客厅 living room, 教室 classroom, 院子里 yard, 村子里 village, 山上 mountains
    in the | 果园 orchard, 广场上 square, 会议室 meeting room
    at the | 商店 shop, 超市 supermarket, 商场 mall, 市场 market, 餐厅 restaurant, 咖啡馆 cafe
    at the | 电影院 movie theater, 动物园 zoo, 火车站 train station, 机场 airport
    at the | 博物馆 museum, 美术馆 art museum, 书店 bookstore, 银行 bank, 邮局 post office
    at the | 体育馆 gym, 游泳馆 swimming pool, 医院 hospital, 酒店 hotel, 面包店 bakery
    at the | 花店 flower shop, 大学 university, 剧院 theater, 海边 beach, 公交车站 bus stop
    on the | 操场 playground, 街上 street, 农场 farm
    by the | 河边 river, 湖边 lake
    at     | 学校 school, 家 home
    in     | 北京 Beijing, 上海 Shanghai, 广州 Guangzhou, 西安 Xi'an, 成都 Chengdu
    in     | 杭州 Hangzhou, 巴黎 Paris, 伦敦 London, 纽约 New York, 东京 Tokyo, 罗马 Rome
    in     | 柏林 Berlin, 中国 China, 法国 France, 英国 England, 日本 Japan, 德国 Germany
"""

# kinds of thing | where in the house they lie
LOCATIONS = """
    book stationery mail      | 桌子·上 on the table, 书包·里 in the backpack
    book stationery mail      | 抽屉·里 in the drawer, 书架·上 on the bookshelf
    losable                   | 桌子·上 on the table, 抽屉·里 in the drawer
    losable                   | 沙发·上 on the sofa, 盒子·里 in the box
    garment accessory         | 床·上 on the bed, 椅子·上 on the chair
    garment accessory         | 箱子·里 in the suitcase, 沙发·上 on the sofa
    fruit vegetable           | 冰箱·里 in the refrigerator, 桌子·上 on the table
    fruit vegetable           | 篮子·里 in the basket
    toy                       | 床·下面 under the bed, 盒子·里 in the box
    toy                       | 门·后面 behind the door, 床·旁边 next_to the bed
    instrument                | 门·后面 behind the door, 沙发·旁边 next_to the sofa
    dishes cutlery            | 桌子·上 on the table, 柜子·里 in the cabinet
    pet                       | 桌子·下面 under the table, 沙发·后面 behind the sofa
    pet                       | 树·下面 under the tree
    furniture                 | 窗户·旁边 next_to the window, 门·旁边 next_to the door
"""

TRANSPORT = """
    坐·火车 by train, 坐·飞机 by plane, 坐·公交车 by bus, 坐·地铁 by subway, 骑·自行车 by bike,
    开·车 by car, 坐·出租车 by taxi, 走路 on foot
"""

NUMBERS = "两 two, 三 three, 四 four, 五 five, 六 six, 七 seven, 八 eight, 九 nine, 十 ten"
WEEKDAYS = "一 Monday, 二 Tuesday, 三 Wednesday, 四 Thursday, 五 Friday, 六 Saturday, 天 Sunday"
SEASONS = "春天 spring, 夏天 summer, 秋天 fall, 冬天 winter"

# tense | recent (a day or two), near (days) or far (weeks, years) | times
# W, S and N stand for each weekday, season, two to five
TIMES = """
    past   | recent | 昨天 yesterday, 昨天·早上 yesterday morning, 昨天·下午 yesterday afternoon
    past   | recent | 昨天·晚上 last night, 今天·早上 this morning, 今天·下午 this afternoon
    past   | recent | 前天 the day before yesterday
    past   | near   | 上个·周末 last weekend
    past   | near   | 上个·星期W last W, N·天·前 N days ago
    past   | far    | 上个·星期 last week, 上个·月 last month, 去年 last year, 去年·S last S
    past   | far    | N·个星期·前 N weeks ago, N·个月·前 N months ago, N·年·前 N years ago
    future | recent | 明天 tomorrow, 明天·早上 tomorrow morning, 明天·下午 tomorrow afternoon
    future | recent | 明天·晚上 tomorrow night, 今天·晚上 tonight
    future | recent | 后天 the day after tomorrow
    future | near   | 这个·周末 this weekend, 下个·星期W next W
    future | far    | 下个·星期 next week, 下个·月 next month, 明年 next year, 明年·S next S
    habit  | recent | 每天 every day, 每天·早上 every morning, 每天·下午 every afternoon
    habit  | recent | 每天·晚上 every evening, 每个·周末 every weekend, 每个·星期W every W
"""

# verb phrase | English | places | part of the day: 早 午 晚, 日 not at night
ACTIVITIES = """
    跑·步     | run                  | 公园 操场 河边 体育馆 |
    游·泳     | swim                 | 海边 游泳馆           |
    散·步     | take a walk          | 公园 河边 湖边 海边   |
    锻炼      | exercise             | 公园 体育馆 家        |
    跳·舞     | dance                | 公园 广场上           |
    唱·歌     | sing                 | 教室 公园             |
    看·电视   | watch TV             | 家 客厅               |
    看·书     | read                 | 图书馆 家 咖啡馆 公园 |
    听·音乐   | listen to music      | 家 客厅               |
    打·篮球   | play basketball      | 体育馆 操场 学校      |
    踢·足球   | play soccer          | 操场 公园 学校        | 日
    打·网球   | play tennis          | 体育馆 公园           | 日
    打·乒乓球 | play table_tennis    | 体育馆 学校           |
    练·太极拳 | practice tai_chi     | 公园 广场上           | 日
    弹·钢琴   | play the piano       | 家 教室               |
    弹·吉他   | play the guitar      | 家 公园               |
    拉·小提琴 | play the violin      | 家 公园               |
    下·棋     | play chess           | 公园 家               |
    玩·游戏   | play games           | 家 客厅               |
    做·饭     | cook                 | 家 厨房               |
    看·报纸   | read the newspaper   | 家 咖啡馆 公园        |
    学·中文   | study Chinese        | 学校 图书馆 家        |
    学·英语   | study English        | 学校 图书馆 家        |
    学习      | study                | 图书馆 家 教室        |
    工作      | work                 | 办公室 家             |
    休息      | rest                 | 家                    |
    聊·天     | chat                 | 咖啡馆 公园 餐厅      |
    画·画     | paint                | 公园 湖边 家          | 日
    拍·照     | take pictures        | 公园 海边 湖边        | 日
    钓·鱼     | fish                 | 河边 湖边             | 日
    放·风筝   | fly kites            | 公园 广场上 海边      | 日
    滑·雪     | ski                  | 山上                  | 日
    骑·自行车 | cycle                | 公园 河边             | 日
    骑·马     | ride horses          | 农场                  | 日
    吃·早饭   | have breakfast       | 家 餐厅 咖啡馆        | 早
    吃·午饭   | have lunch           | 学校 餐厅 办公室      | 午
    吃·晚饭   | have dinner          | 家 餐厅               | 晚
    喝·茶     | drink tea            | 家 花园               |
    喝·咖啡   | drink coffee         | 咖啡馆 办公室         |
    开·会     | have a meeting       | 办公室 会议室         | 日
    写·报告   | write reports        | 办公室 家             |
    练·瑜伽   | practice yoga        | 体育馆 家 公园        |
    遛·狗     | walk the dog         | 公园 河边             |
    洗·车     | wash the car         | 院子里                | 日
    割·草     | mow the lawn         | 院子里 花园           | 日
    打扫·房间 | clean the room       |                       |
    洗·衣服   | wash clothes         | 家                    |
    洗·碗     | wash the dishes      | 厨房 家               |
    浇·花     | water the flowers    | 花园 院子里           | 日
    种·菜     | grow vegetables      | 农场 院子里           | 日
    看·电影   | watch movies         | 家 电影院             |
    上·网     | surf the Internet    | 家 图书馆             |
    打·电话   | talk on_the_phone    | 客厅 办公室           |
    写·信     | write letters        | 家                    |
    练习·书法 | practice calligraphy | 家 教室               |
    包·饺子   | make dumplings       | 家 厨房               |
    烤·面包   | bake bread           | 家 厨房               |
    喂·鸭子   | feed the ducks       | 公园 湖边             | 日
    野餐      | have a picnic        | 公园 湖边             | 日
    排·队     | wait_in line         | 银行 邮局 医院        | 日
    等·公交车 | wait_for the bus     | 公交车站              |
"""

# What one can (会) do.
SKILLS = """
    游·泳 swim, 滑·雪 ski, 跳·舞 dance, 弹·钢琴 play the piano, 弹·吉他 play the guitar,
    拉·小提琴 play the violin, 下·棋 play chess, 做·饭 cook,
    骑·马 ride horses, 包·饺子 make dumplings, 烤·面包 bake bread, 开·车 drive,
    说·中文 speak Chinese, 说·英语 speak English, 说·法语 speak French, 说·日语 speak Japanese
"""

# verb | English | kinds of object | places (从: from where) | times, near including recent
FRAMES = """
    看到 | see     | pet                       | 公园 花园 街上 湖边 院子里 | near
    看到 | see     | wild beast                | 动物园                     | near far
    看到 | see     | farm                      | 农场 村子里                | near far
    买   | buy     | garment accessory toy     | 商店 商场                  | near far
    买   | buy     | book                      | 书店                       | near far
    买   | buy     | fruit vegetable snack     | 超市 市场                  | near
    买   | buy     | bottled                   | 超市 商店                  | near
    买   | buy     | drink                     | 咖啡馆                     | near
    买   | buy     | meal                      | 面包店 餐厅                | near
    买   | buy     | instrument                | 商店 商场                  | far
    买   | buy     | device dishes cutlery     | 商场 商店                  | near far
    买   | buy     | vehicle                   |                            | far
    买   | buy     | furniture                 | 商场 市场 商店             | near far
    买   | buy     | flower                    | 花店 市场                  | near
    买   | buy     | ticket                    |                            | near
    买   | buy     | stationery                | 商店 超市                  | near
    卖   | sell    | vehicle furniture device  | 市场                       | near far
    吃   | eat     | fruit snack meal staple   | 家 餐厅 学校               | recent
    喝   | drink   | drink bottled             | 家 咖啡馆 餐厅             | recent
    看   | read    | book                      | 图书馆 家 书店             | near far
    看   | watch   | movie game                | 家                         | near
    写   | write   | text                      | 家 办公室 图书馆           | near far
    画   | draw    | pet flower tree           | 公园 教室 家               | near
    拍   | take    | photo                     | 公园 海边 动物园 湖边      | near far
    丢   | lose    | losable                   | 公园 火车站 机场 酒店      | near far
    找到 | find    | losable toy               | 公园 花园 教室 街上        | near
    打破 | break   | dishes                    | 厨房 家 餐厅               | recent
    借   | borrow  | book                      | 从 图书馆 学校             | near far
    收到 | receive | mail                      |                            | near far
    寄   | send    | mail                      |                            | near far
    种   | plant   | flower tree               | 花园 院子里 公园           | near far
    做   | make    | homemade                  | 家 厨房                    | recent
    洗   | wash    | dishes cutlery laundry    | 家                         | recent
    修好 | repair  | device vehicle furniture  | 家                         | near far
    选   | choose  | garment accessory toy     | 商场 商店                  | near
    摘   | pick    | orchard                   | 果园                       | near
    摘   | pick    | flower                    | 花园                       | near
    唱   | sing    | song                      | 学校 公园                  | near
"""

# name | verbs, places, activities, adjectives or kinds that some kind of sentence chooses from
GROUPS = """
    cities       | 北京 上海 广州 西安 成都 杭州 巴黎 伦敦 纽约 东京 罗马 柏林
    destinations | 北京 上海 广州 西安 成都 杭州 巴黎 伦敦 纽约 东京 罗马 柏林
    destinations | 中国 法国 英国 日本 德国
    nearby       | 公园 图书馆 商店 超市 商场 市场 餐厅 咖啡馆 电影院 动物园 博物馆 美术馆 书店
    nearby       | 银行 邮局 体育馆 游泳馆 医院 海边 学校 剧院 花店 面包店
    sights       | 博物馆 美术馆 大学 动物园 农场
    workplaces   | 医院 学校 银行 酒店 餐厅 图书馆 超市 机场 邮局 大学 博物馆 书店 面包店 动物园
    public       | 公园 湖边 河边 海边 咖啡馆 图书馆 广场上 操场
    crowded      | 公园 超市 机场 火车站 街上 餐厅
    forgetful    | 图书馆 餐厅 办公室 教室 咖啡馆 家 银行 体育馆
    own          | 丢 修好
    owned        | 找到 打破 洗 修好 卖
    known        | 看 买 卖 找到 打破 洗 修好 收到
    on purpose   | 买 卖 看 吃 喝 写 画 借 寄 种 做 选
    asked        | 买 卖 看到 吃 喝 写 画 收到 寄 种 做 丢 找到 打破 借 选
    formal       | 学校 大学 教室 办公室 会议室 银行 邮局 体育馆 操场
    quiet places | 图书馆 教室 医院 博物馆 美术馆
    noisy        | 唱·歌 跳·舞 打·电话 踢·足球 吃·早饭 拍·照 聊·天
    counted      | 买 吃 喝 写 画 种
    bring about  | 买 写 画 拍 借 收到 做 找到 选 种 看到 摘
    chores       | 打扫·房间 洗·碗 做·饭 洗·衣服 包·饺子 浇·花
    salutary     | 锻炼 学习 休息 跑·步 散·步 看·书 学·英语 学·中文 打扫·房间 练·瑜伽 吃·早饭
    sports       | 跑·步 游·泳 锻炼 打·篮球 踢·足球 打·网球 打·乒乓球 练·太极拳 骑·自行车
    lasting      | 看·电视 看·书 打·篮球 弹·钢琴 听·音乐 下·棋 聊·天 跑·步 跳·舞 学·中文 学·英语
    restful      | 休息 看·电视 听·音乐 看·书
    lasting      | 工作 学习 休息 锻炼 画·画 拉·小提琴 上·网 踢·足球
    faults       | 贵 旧 小 重 难懂 无聊 酸 奇怪 长 厚 冷 热 累 忙 紧张 害羞 饿 渴
    close        | 新 旧 大 小
    want very    | 胖 快 厚 重 酸 甜 高 长 贵
    compared     | 高 聪明 友好 年轻 害羞 勇敢 忙 勤奋 有耐心 幽默
    large        | device vehicle furniture instrument tree
    aimless      | 排·队 等·公交车 休息 打·电话
    momentary    | 排·队 等·公交车 打·电话
    errands      | 打扫·房间 洗·碗 做·饭 洗·衣服 学习 工作 写·报告 浇·花 割·草 洗·车 练习·书法
    many         | fruit orchard vegetable snack meal flower stationery photo mail pet
    likable      | pet pet wild beast farm fruit vegetable snack meal staple drink drink
    likable      | bottled flower movie
    topics       | pet wild beast farm book garment accessory device vehicle furniture dishes
    topics       | cutlery toy flower tree fruit snack meal staple drink movie picture photo song
    topics       | text ticket place place book pet
"""

# where one goes | what one does there, in a row | English | kinds
SIGHTS = """
    超市   | 买   | buy | fruit vegetable snack bottled fruit
    市场   | 买   | buy | fruit vegetable flower
    商场   | 买   | buy | garment accessory toy garment
    书店   | 买   | buy | book stationery
    动物园 | 看到 | see | wild beast
    公园   | 看到 | see | pet
    农场   | 看到 | see | farm
"""
