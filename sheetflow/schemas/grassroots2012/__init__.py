"""The campaign 下基层、访妇情、办实事 (2012), forwarded by 鲁妇发〔2012〕10号.

The notice attaches no form: these sheets are a design that turns each of its
sentences into something a county can fill in and a province can add up.
"""
