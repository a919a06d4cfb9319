"""The texts of what is found in single cells: first what keeps one from standing, then what is told.

The notation is that of `findings.read_checks`.
"""

from __future__ import annotations

from sheetflow.findings import read_checks

CELL_CHECKS = read_checks(
    """
依据：填报说明：按各栏目要求填写

required 强制性 必填未填
这一栏必须填写，现在是空的
请补填
标有＊的栏目必须填写

required-when 强制性 应填未填
{condition}时，这一栏必须填写，现在是空的
请补填
有条件的必填栏目，条件成立时必须填写

blank-unless 强制性 不应填写
只有{condition}时才填这一栏，现在条件不成立却填了内容
请清空这一格，或改正条件栏
有条件的栏目，条件不成立时应空着

依据：填报说明：数字和日期的写法

number-text 强制性 应填数字
这一栏应填数字，现在填的是“{typed}”
请改填阿拉伯数字{blank}
数字栏只填阿拉伯数字，不填文字

number-about 强制性 约数不能汇总
“{typed}”是约数，无法汇总
请填确切的数，不要带“多”“约”“左右”等字样
数字栏不填约数，如“3000多”“约20”

number-scaled 强制性 不能带万、亿
“{typed}”带有“万”“亿”等字样，无法汇总
请按栏目的计量单位写全，如2.5万元应填25000
数字栏不填“2.59亿”“3万”等写法

number-unit 强制性 数字带了文字
“{typed}”不是一个单纯的数字
请只填数字，单位和说明不要写在这一格
数字栏不写别的单位和说明

number-date 强制性 数字变成了日期
这一栏应填数字，现在是一个日期
请重新填写数字；又变成日期的，请把单元格格式设为“常规”
数字栏不要设成日期格式

number-too-long 强制性 数字过长
数字超过15位，表格软件已无法保存准确数值
请核对后重新填写
数字不超过15位

依据：填报说明：按各栏目要求填写

number-not-whole 强制性 应填整数
这一栏应填整数，现在是{typed}
请核对后改填整数，系统不会替您四舍五入
人数、件数、次数等栏目填整数

number-range 强制性 超出范围
填的是{typed}，应{allowed}
请核对后改正
数字应在栏目规定的范围内

money-decimals 强制性 小数过多
金额{typed}的小数超过两位
金额以元为单位，最多两位小数，请改正
金额以元为单位，最多两位小数

依据：填报说明：数字和日期的写法

date-incomplete 强制性 日期不完整
“{typed}”不是完整的日期
请写全年月日，如2012-3-5，系统不会替您补上
日期要写全年、月、日

date-impossible 强制性 没有这一天
“{typed}”这个日期不存在
请核对后改正
日期必须真实存在

date-as-number 强制性 日期变成了数字
这一栏应填日期，现在是数字{typed}
请重新填写日期，如2012-3-5；又变成数字的，请把单元格格式设为“日期”
日期栏不要设成数字格式

date-unclear 强制性 看不出日期
“{typed}”看不出是哪一天
请按2012-3-5的写法填写一个日期{blank}
一格只填一个日期，如2012-3-5、2012年3月5日

依据：填报说明：按各栏目要求填写

choice-unknown 强制性 不在选项内
“{typed}”不是可选的内容
请从下拉列表中选：{options}{blank}
下拉栏目只能选列表中的内容

key-shape 强制性 编号写法不对
编号“{typed}”的写法不对
请按{example}的样子编号
编号由一个字母和数字组成，如表中预印的样子

text-too-long 强制性 字数过多
写了{count}字，超过{limit}字的限制
请精简到{limit}字以内
文字不超过栏目规定的字数

id-digits-lost 强制性 身份证号已失真
身份证号成了数字或科学计数法，末几位已经丢失
请设为文本格式重新录入{blank}
身份证号按文本填写

id-hidden 强制性 身份证号不完整
身份证号中有几位被星号等符号遮住
请填写完整的号码{blank}
身份证号不能用星号等遮住几位

id-characters 强制性 身份证号有误
身份证号中有数字以外的字符
请只填数字，末位可以是X{blank}
身份证号只有数字，末位可以是X

id-length 强制性 身份证号位数不对
身份证号应为18位（旧号15位），现在是{count}位
请核对后改正{blank}
身份证号为18位或旧15位

id-birth-date 强制性 身份证号有误
身份证号中的出生日期不存在
请对照证件改正{blank}
身份证号中的出生日期应真实存在

id-check-digit 强制性 身份证号有误
身份证号的校验位不对，至少有一位写错了
请对照证件改正{blank}
18位身份证号的校验位应正确

phone-format 强制性 电话号码不对
电话号码的位数或写法不对
请填11位手机号，或带区号的固定电话，如0531-86000000{blank}
电话填手机号，或带区号的固定电话

cell-error 强制性 公式出错
这一格显示为错误值{typed}
请直接填写内容，不用公式
单元格中不能有#REF!、#N/A等错误值

cell-formula-empty 强制性 公式没有结果
这一格是公式，文件里却没有它的计算结果
请直接填写内容，不用公式
单元格中请直接填写内容，不用公式

run-marked 强制性 有删除线或上下标
单元格里有{marks}，看不出哪些字要报
请只留下要报的内容，去掉{marks}
数字、日期、电话、编号中不用删除线、上标、下标

依据：填报说明：内部资料，含个人信息

personal-in-text 强制性 文字中有个人号码
这段文字里写了身份证号或手机号
请删去号码，个人信息只填在专门的栏目
文字说明中不写身份证号、手机号
"""
)

UNREAD_CELLS = frozenset(check.code for check in CELL_CHECKS) - {
    *("required", "required-when", "blank-unless", "personal-in-text"),
}
"""Findings of cells that could not be read: to let them pass would drop what stood there."""

READING_CHECKS = read_checks(
    """
依据：填报说明：数字和日期的写法

cell-formula 提示性 公式已取结果
这一格是公式，已取它的计算结果{typed}
请核对；以后请直接填写内容
公式单元格取其计算结果

依据：填报说明：按各栏目要求填写

run-marked-text 提示性 文字有删除线或上下标
文字里有{marks}，已连同这些字一起读取
请核对；不要的字请直接删去
文字中加了删除线、上标、下标的字照样读取，列出供核对

row-struck 核实性 加了删除线
{what}加了删除线，不知是否作废
仍要报的，请去掉删除线，或写明情况；作废的，请改正或删去
整行或数字加了删除线的，不当作已经作废，照样读取并请说明

shown-otherwise 核实性 显示与实际不同
这一格显示为{shown}，实际存的是{stored}
请核对：要报的是显示的数，请改填完整的数；是实际存的数，请把单元格格式设为“常规”，或写明情况
单元格格式带万、千、亿、百分号，使显示的数与实际存的数不同的，请核对

day-hidden 核实性 日期没有显示出日
这一格显示为{shown}，看不到日，实际存的是{stored}
请核对日期：不对的请改正，对的请把单元格格式设为显示年月日，或写明情况
日期的单元格格式没有显示出日的，请核对

依据：填报说明：数字和日期的写法

habit 提示性 写法已统一
原填“{before}”，已读作“{after}”
不用修改，请核对读得是否正确
全角数字、多余空格、2012.3.5等写法照常读取，并列出供核对

habit-nothing 提示性 没有的按空白读取
这一格写的是“无”“—”等表示没有的字样，已按空白读取
不用修改，没有的可以直接空着
可以空着的栏目填“无”“没有”“/”“—”的，按空白读取

habit-blanks 提示性 多余空格已去掉
有多余的空格、换行或看不见的字符，已去掉
不用修改
字间和前后的多余空格、换行、看不见的字符去掉后读取

habit-private 提示性 写法已统一
这一格的写法（空格、全角字符等）已统一后读取
不用修改
个人信息栏目中的多余空格、全角字符照常读取
"""
)

READINGS = frozenset({"habit", "habit-blanks", "habit-private", "habit-nothing"})
"""Notes that only say how a cell was read."""
